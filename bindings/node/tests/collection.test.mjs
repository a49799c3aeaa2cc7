import assert from 'node:assert/strict';
import test from 'node:test';
import {newFolder, optionsFor, runProgram} from './setting.mjs';
import {startGateway} from './gateway.mjs';

test('what is collected is freed: a client is closed, and sends', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  const options = JSON.stringify(optionsFor(gateway.endpoint, newFolder()));
  const ended = await runProgram('collected.mjs', [options], ['--expose-gc']);
  assert.deepEqual([ended.status, ended.output.trim()], [0, 'finalized']);
  const events = await gateway.events();
  const ends = events.filter((event) => event.activityType === 'SessionEnd');
  assert.equal(ends.length, 20);
  assert.deepEqual(new Set(ends.map((event) => event.details.endReason)), new Set(['closed']));
  assert.equal(events.filter((event) => event.activityType === 'Click').length, 1);
});

test('the library takes 65,536 flows at a time: those that are collected make room', async (t) => {
  const options = JSON.stringify(optionsFor('http://127.0.0.1:9', newFolder()));
  const ended = await runProgram('many_flows.mjs', [options], ['--expose-gc']);
  assert.deepEqual([ended.status, ended.output.trim()], [0, 'ok']);
});
