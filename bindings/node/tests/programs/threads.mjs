// Threads that each open a client, record, and end in different ways.
import {Worker, isMainThread, parentPort, workerData} from 'node:worker_threads';
import {fileURLToPath} from 'node:url';
import {Client} from 'penstock';

const ENDS = ['return', 'exit', 'close', 'terminate', 'flushing'];

async function work({options, name, count, end}) {
  const client = Client.open(options);
  for (let n = 1; n <= count; ++n) client.click('p', name, {details: {n}});
  if (end === 'close') await client.close(5000);
  if (end === 'flushing') client.flush(5000).catch(() => {});
  parentPort.postMessage('recorded');
  if (end === 'exit') process.exit(0);
  if (end === 'terminate' || end === 'flushing') setInterval(() => client.stats(), 1);
}

async function runThread(data) {
  const worker = new Worker(fileURLToPath(import.meta.url), {workerData: data});
  const ended = new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
  await new Promise((resolve) => worker.once('message', resolve));
  if (data.end === 'terminate' || data.end === 'flushing') await worker.terminate();
  await ended;
}

if (isMainThread) {
  const [options, count] = process.argv.slice(2).map((argument) => JSON.parse(argument));
  const threads = ENDS.map((end) => runThread({options, name: end, count, end}));
  const client = Client.open(options);
  for (let n = 1; n <= count; ++n) client.click('p', 'main', {details: {n}});
  await Promise.all(threads);
  await client.flush(10000);
} else {
  await work(workerData);
}
