// As api.ts, for a program that requires the package.
import penstock = require('penstock');

export function record(options: penstock.Options): void {
  const client = penstock.Client.open(options);
  client.pageView('p');
  client.closeSync(0);
}
