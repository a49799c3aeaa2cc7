// A gateway that takes everything, on a thread of its own, for tests that wait on theirs.
import {createServer} from 'node:http';
import {once} from 'node:events';
import {Worker, isMainThread, parentPort} from 'node:worker_threads';
import {fileURLToPath} from 'node:url';

function serve() {
  const events = [];
  const contexts = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const taken = body.events ?? [body];
    if (request.url === '/v1/events') events.push(...taken);
    contexts.push(body.context);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({accepted: taken.length, rejected: []}));
  });
  parentPort.on('message', () => parentPort.postMessage({events, contexts}));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
}

export async function startGateway() {
  const worker = new Worker(fileURLToPath(import.meta.url));
  const [port] = await once(worker, 'message');
  const ask = async () => {
    worker.postMessage('what came?');
    const [answer] = await once(worker, 'message');
    return answer;
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    contexts: async () => (await ask()).contexts,
    // Each once: a batch may come twice.
    events: async () => {
      const bySeq = new Map();
      for (const event of (await ask()).events) bySeq.set(JSON.stringify(event), event);
      return [...bySeq.values()];
    },
    stop: () => worker.terminate(),
  };
}

if (!isMainThread && parentPort !== null) serve();
