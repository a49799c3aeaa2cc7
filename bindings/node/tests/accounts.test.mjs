import assert from 'node:assert/strict';
import test from 'node:test';
import {codeOf, newOffline, newSetting} from './setting.mjs';

test('stats count', async (t) => {
  const {client, events} = await newSetting(t);
  client.click('p', 'e');
  codeOf(() => client.click('p', ''));
  await events();
  const stats = client.stats();
  assert.deepEqual(
    [stats.recorded, stats.acknowledged, stats.pending, stats.droppedInvalid, stats.lastSeq],
    [1, 1, 0, 1, 1]);
  assert.match(stats.installId, /^[0-9a-f-]{36}$/);
  assert.deepEqual([stats.sender, stats.senderMessage], ['running', '']);
  assert.ok(stats.bytesSent > 0 && stats.diskBytes > 0);
});

test('the ledger says what became of each type', async (t) => {
  const client = newOffline(t);
  for (let i = 0; i < 3; ++i) client.click('p', 'e');
  client.recordApproved('R1');
  codeOf(() => client.click('p', 'e', {details: {x: NaN}}));
  const rows = Object.fromEntries(client.ledger().map((row) => [row.type, row]));
  assert.deepEqual(rows.Click, {
    type: 'Click', recorded: 3, acknowledged: 0, rejected: 0, pending: 3, dropped: {},
    refused: {invalid: 1},
  });
  assert.equal(rows.Approved.recorded, 1);
});

test('consent is set, read, and kept', async (t) => {
  const client = newOffline(t, {withoutConsent: 'drop'});
  assert.equal(client.consent, 'unknown');
  assert.equal(codeOf(() => client.click('p', 'e')), 'not_allowed');
  await client.setConsent('granted');
  assert.equal(client.consent, 'granted');
  client.click('p', 'e');
  client.setConsentSync('denied');
  assert.equal(codeOf(() => client.click('p', 'e')), 'not_allowed');
  const stats = client.stats();
  assert.deepEqual([stats.recorded, stats.pending, stats.droppedConsentDenied], [1, 0, 1]);
  await assert.rejects(client.setConsent('maybe'), {code: 'invalid_argument'});
});

test('forget() deletes what was recorded, and goes on under another id', async (t) => {
  const client = newOffline(t);
  client.click('p', 'e');
  const before = client.stats().installId;
  await client.forget();
  client.click('p', 'e');
  client.forgetSync();
  const stats = client.stats();
  assert.notEqual(stats.installId, before);
  assert.deepEqual([stats.droppedForgotten, stats.pending], [2, 0]);
});

test('calls that wait run beside JavaScript', async (t) => {
  const client = newOffline(t);
  client.click('p', 'e');
  let ticks = 0;
  const timer = setInterval(() => ++ticks, 10);
  await assert.rejects(client.flush(300), {code: 'timeout'});
  clearInterval(timer);
  assert.ok(ticks > 5);
});
