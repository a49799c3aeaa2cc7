// Sends what other programs have left.
import {Client} from 'penstock';

const client = Client.open(JSON.parse(process.argv[2]));
await client.flush(10000);
await client.close();
