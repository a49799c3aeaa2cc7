// Records events, and ends in the way that it is told.
import {Client} from 'penstock';

const [options, way, count] = process.argv.slice(2);
const client = Client.open(JSON.parse(options));
for (let i = 1; i <= Number(count); ++i) client.click('p', way, {details: {n: i}});

process.on('exit', () => client.click('p', way, {details: {n: Number(count) + 1}}));
if (way === 'exit') process.exit(0);
if (way === 'throw') throw new Error('on purpose');
if (way === 'kill') process.kill(process.pid, 'SIGKILL');
if (way === 'close') await client.close(5000).catch(() => {});
if (way === 'flushing') {
  client.flush(500).catch(() => {});
  process.exit(0);
}
