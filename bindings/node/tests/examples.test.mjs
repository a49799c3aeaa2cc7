import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'node:test';
import {fileURLToPath} from 'node:url';
import {newFolder} from './setting.mjs';
import {startGateway} from './gateway.mjs';

async function startExample(t, name, gateway) {
  const path = fileURLToPath(new URL(`../example/${name}`, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: {
      ...process.env, PENSTOCK_DIRECTORY: newFolder(), PENSTOCK_ENDPOINT: gateway.endpoint,
      PENSTOCK_WRITE_KEY: 'pk_test', PENSTOCK_PLAIN_HTTP: '1', PORT: '0',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function startGatewayFor(t) {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  return gateway;
}

test('the desk records a session with a flow', async (t) => {
  const gateway = await startGatewayFor(t);
  const child = await startExample(t, 'desk.mjs', gateway);
  const [status] = await once(child, 'close');
  assert.equal(status, 0);
  const types = (await gateway.events()).map((event) => event.activityType ?? event.action);
  assert.deepEqual(types, ['SessionStart', 'PageStart', 'PageView', 'Click', 'Approved',
    'ProcessCompletion', 'PageEnd', 'SessionEnd']);
});

test('the middleware makes a flow of each request', async (t) => {
  const gateway = await startGatewayFor(t);
  const child = await startExample(t, 'express.mjs', gateway);
  const [line] = await once(child.stdout, 'data');
  const base = String(line).match(/http:\S+/)[0];
  const answers = await Promise.all(['/orders/7', '/orders/8', '/broken'].map(
    (path) => fetch(base + path).then((response) => response.status)));
  assert.deepEqual(answers, [200, 200, 500]);
  child.kill('SIGTERM');
  await once(child, 'close');
  const flows = new Map();
  for (const event of await gateway.events()) {
    const id = event.correlationId;
    flows.set(id, [...(flows.get(id) ?? []), event.activityType ?? event.action]);
  }
  assert.deepEqual([...flows.values()].map((types) => types.join()).sort(), [
    'Error,ProcessCompletion', 'Viewed,ProcessCompletion', 'Viewed,ProcessCompletion',
  ]);
});

test('the transport records the errors of a log', async (t) => {
  const gateway = await startGatewayFor(t);
  const child = await startExample(t, 'pino-transport.mjs', gateway);
  const time = 1700000000000;
  const lines = [
    {level: 30, time, msg: 'started'},
    {level: 50, time, msg: 'no route', err: {type: 'RouteError', message: 'no route to é'}},
    {level: 60, time, msg: 'gone'},
  ].map((line) => JSON.stringify(line) + '\n').join('');
  const bytes = Buffer.from(lines + 'not JSON\n');
  const middle = bytes.indexOf('é') + 1; // chunks end anywhere
  child.stdin.write(bytes.subarray(0, middle));
  setTimeout(() => child.stdin.end(bytes.subarray(middle)), 50);
  const [status] = await once(child, 'close');
  assert.equal(status, 0);
  const came = (await gateway.events()).map(({timestamp, details}) => [timestamp, details]);
  assert.deepEqual(came, [
    ['2023-11-14T22:13:20.000Z', {error: 'no route to é', level: 50, errorType: 'RouteError'}],
    ['2023-11-14T22:13:20.000Z', {error: 'gone', level: 60}],
  ]);
});
