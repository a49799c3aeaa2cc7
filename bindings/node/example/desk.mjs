// A user approves a request: a session, a page, and a flow around what belongs together.
//
//   PENSTOCK_ENDPOINT=… PENSTOCK_WRITE_KEY=… PENSTOCK_CA_FILE=… node desk.mjs
import {Client, PenstockError} from 'penstock';
import {optionsFor} from './options.mjs';

async function approve(client, request) {
  client.click(null, 'approve-button', {details: {itemsSelected: 1}});
  await new Promise((resolve) => setTimeout(resolve, 5)); // the program's own work
  client.recordApproved(request, {
    details: {previousStatus: 'Pending', currentStatus: 'Approved'},
    metadata: {sourceSystem: 'desk'},
  });
}

const client = Client.open(optionsFor('approval-desk'));
client.setUser('user-4711');
await client.runSession(() => client.runPage('approval-screen', () =>
  client.runFlow('approve-request', () => approve(client, 'REQ-1041'))));

try {
  await client.close(10000);
} catch (error) {
  if (!(error instanceof PenstockError)) throw error;
  console.error(`sent later: ${error.message}`);
}
console.log(client.ledger());
