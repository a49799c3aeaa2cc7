// More flows than there are handles, none of which is ended (needs --expose-gc).
import {setImmediate as turn} from 'node:timers/promises';
import {Client} from 'penstock';

const client = Client.open(JSON.parse(process.argv[2]));
for (let round = 0; round < 8; ++round) {
  for (let i = 0; i < 10000; ++i) client.startFlow('f');
  global.gc();
  await turn();
  await turn();
}
console.log('ok');
await client.close(0);
