import assert from 'node:assert/strict';
import test from 'node:test';
import {newFolder, optionsFor, runProgram} from './setting.mjs';
import {startGateway} from './gateway.mjs';

test('each thread has clients of its own, and may end as it likes', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  const options = JSON.stringify(optionsFor(gateway.endpoint, newFolder()));
  const ended = await runProgram('threads.mjs', [options, 200]);
  assert.equal(ended.status, 0, ended.output);
  await runProgram('send.mjs', [options]);
  const counts = {};
  for (const {details} of await gateway.events()) {
    counts[details.element] = (counts[details.element] ?? 0) + 1;
  }
  assert.deepEqual(counts,
    {main: 200, return: 200, exit: 200, close: 200, terminate: 200, flushing: 200});
});
