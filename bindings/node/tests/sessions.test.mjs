import assert from 'node:assert/strict';
import test from 'node:test';
import {setTimeout as pass} from 'node:timers/promises';
import {codeOf, newOffline, newSetting} from './setting.mjs';

test('a session has a start and an end, and its id on what is between', async (t) => {
  const {client, events} = await newSetting(t);
  client.startSession('s-1');
  client.click('p', 'e');
  client.endSession();
  client.click('p', 'e');
  const came = (await events()).map((event) => [event.activityType, event.sessionId]);
  assert.deepEqual(came, [
    ['SessionStart', 's-1'], ['Click', 's-1'], ['SessionEnd', 's-1'], ['Click', undefined],
  ]);
});

test('pages are entered and left, and paused', async (t) => {
  const {client, events} = await newSetting(t);
  client.enterPage('p');
  client.pause();
  client.resume();
  client.click(null, 'e');
  client.leavePage();
  const came = (await events()).map((event) => [event.activityType, event.pageId]);
  assert.deepEqual(came,
    [['PageStart', 'p'], ['PageView', 'p'], ['Click', 'p'], ['PageEnd', 'p']]);
});

test('scopes end with their task, its promise, or its failure', async (t) => {
  const {client, events} = await newSetting(t);
  assert.equal(client.runPage('p', () => 7), 7);
  const answer = await client.runSession(async () => {
    await pass(1);
    client.click('p', 'e');
    return 8;
  }, 's-2');
  assert.equal(answer, 8);
  await assert.rejects(client.runSession(async () => {
    throw new RangeError('mine');
  }), RangeError);
  assert.throws(() => client.runPage('q', () => {
    throw new RangeError('mine');
  }), RangeError);
  assert.throws(() => client.runPage('q', () => {
    client.leavePage(); // what the task throws wins over the page that is left already
    throw new RangeError('mine');
  }), RangeError);
  const types = (await events()).map((event) => event.activityType);
  assert.equal(types.filter((type) => type === 'PageEnd').length, 3);
  assert.equal(types.filter((type) => type === 'SessionEnd').length, 2);
});

test('misuse is said', (t) => {
  const client = newOffline(t);
  assert.equal(codeOf(() => client.endSession()), 'misuse');
  assert.equal(codeOf(() => client.leavePage()), 'misuse');
  client.startSession();
  assert.equal(codeOf(() => client.startSession()), 'misuse');
  assert.equal(codeOf(() => client.setSession('x')), 'misuse');
  assert.equal(client.stats().misused, 4);
});
