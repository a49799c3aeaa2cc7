// Clients and flows that nobody holds any more (needs --expose-gc): their handles are freed, which
// closes the client. Its session ends then.
import {setTimeout as pass} from 'node:timers/promises';
import {Client} from 'penstock';

const options = JSON.parse(process.argv[2]);
const seen = [];
const registry = new FinalizationRegistry(({client}) => {
  client.click('p', 'finalizer');
  seen.push('finalized');
});

function leave(i) {
  const client = Client.open(options);
  client.startSession(`left-${i}`);
  for (let k = 0; k < 100; ++k) client.startFlow('f');
  if (i % 2 === 0) client.flush(1).catch(() => {});
}

const kept = Client.open(options);
registry.register({}, {client: kept});
for (let i = 0; i < 20; ++i) leave(i);
for (let i = 0; i < 20; ++i) {
  await pass(20);
  global.gc();
}
await pass(500);
console.log(seen.join());
await kept.flush(10000);
await kept.close(2000);
