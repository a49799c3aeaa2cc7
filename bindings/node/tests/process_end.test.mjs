import assert from 'node:assert/strict';
import test from 'node:test';
import {newFolder, optionsFor, runProgram} from './setting.mjs';
import {startGateway} from './gateway.mjs';

const COUNT = 300;
const OFFLINE = 'http://127.0.0.1:9';

// How each ends: its status, and how many events its exit listener has recorded.
const WAYS = {exit: [0, 1], throw: [1, 1], return: [0, 1], kill: [null, 0], flushing: [0, 1]};

for (const [way, [status, atExit]] of Object.entries(WAYS)) {
  test(`nothing is lost by: ${way}`, async (t) => {
    const gateway = await startGateway();
    t.after(() => gateway.stop());
    const folder = newFolder();
    for (const endpoint of [OFFLINE, gateway.endpoint]) {
      const options = JSON.stringify(optionsFor(endpoint, folder));
      const ended = await runProgram('end.mjs', [options, way, COUNT]);
      assert.equal(ended.status, status, ended.output);
    }
    const sent = await runProgram('send.mjs',
      [JSON.stringify(optionsFor(gateway.endpoint, folder))]);
    assert.equal(sent.status, 0, sent.output);
    assert.equal((await gateway.events()).length, 2 * (COUNT + atExit));
  });
}

test('what is there is sent at exit, for up to two seconds', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  const options = JSON.stringify(optionsFor(gateway.endpoint, newFolder()));
  await runProgram('end.mjs', [options, 'exit', COUNT]);
  assert.equal((await gateway.events()).length, COUNT + 1);
});
