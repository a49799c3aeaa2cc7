import assert from 'node:assert/strict';
import test from 'node:test';
import {newSetting} from './setting.mjs';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('each kind of event arrives as what it is', async (t) => {
  const {client, events} = await newSetting(t, {eventTypes: ['Invoice']});
  client.activity('Scrolled', {page: 'p'});
  client.sessionStart();
  client.sessionEnd({durationMs: 1500});
  client.pageStart('p');
  client.pageEnd('p', {durationMs: 250});
  client.pageView('p');
  client.click('p', 'save');
  client.click(null, 'save');
  client.formSubmission('p', 'address', {outcome: 'failure'});
  client.processCompletion('import', {outcome: 'success'});
  client.error('disk full');
  client.error(new TypeError('no such thing'));
  client.error(new RangeError());
  client.recordApproved('R1');
  client.recordDenied('R2');
  client.recordReturned('R3');
  client.recordChanged('R4', 'Archived');
  client.custom('Invoice', {schemaVersion: 2, details: {sum: 3}});

  const came = (await events()).map((event) => [
    event.activityType ?? event.action ?? event.eventType, event.pageId ?? event.recordId,
    event.details,
  ]);
  assert.deepEqual(came, [
    ['Scrolled', 'p', undefined],
    ['SessionStart', undefined, undefined],
    ['SessionEnd', undefined, {duration: 1.5}],
    ['PageStart', 'p', undefined],
    ['PageEnd', 'p', {duration: 0.25}],
    ['PageView', 'p', undefined],
    ['Click', 'p', {element: 'save'}],
    ['Click', undefined, {element: 'save'}],
    ['FormSubmission', 'p', {form: 'address', outcome: 'failure'}],
    ['ProcessCompletion', undefined, {process: 'import', outcome: 'success'}],
    ['Error', undefined, {error: 'disk full'}],
    ['Error', undefined, {error: 'no such thing'}],
    ['Error', undefined, {error: 'RangeError'}],
    ['Approved', 'R1', undefined],
    ['Denied', 'R2', undefined],
    ['Returned', 'R3', undefined],
    ['Archived', 'R4', undefined],
    ['Invoice', undefined, {sum: 3}],
  ]);
});

test('track() takes an event as one object', async (t) => {
  const {client, events} = await newSetting(t);
  client.track({
    kind: 'recordChanged', record: 'R1', name: 'Archived', page: 'p', user: 'u', session: 's',
    correlation: 'c', traceparent: TRACE, time: new Date('2026-01-02T03:04:05.678Z'),
    durationMs: 1500, outcome: 'success', details: {why: 'old'}, metadata: {source: 'desk'},
  });
  const [event] = await events();
  assert.equal(event.timestamp, '2026-01-02T03:04:05.678Z');
  assert.deepEqual(
    [event.recordId, event.action, event.pageId, event.userId, event.sessionId],
    ['R1', 'Archived', 'p', 'u', 's']);
  assert.equal(event.correlationId, 'c');
  assert.deepEqual(event.metadata, {source: 'desk', traceparent: TRACE});
  assert.deepEqual(event.details, {why: 'old', duration: 1.5, outcome: 'success'});
});

test('time may be milliseconds, also with a fraction, or a bigint', async (t) => {
  const {client, events} = await newSetting(t);
  for (const time of [1700000000123.9, 1700000000000n, null]) client.pageView('p', {time});
  const times = (await events()).map((event) => event.timestamp);
  assert.deepEqual(times.slice(0, 2),
    ['2023-11-14T22:13:20.123Z', '2023-11-14T22:13:20.000Z']);
  assert.ok(Math.abs(Date.parse(times[2]) - Date.now()) < 60000);
});

test('trackJson() takes an event as text', async (t) => {
  const {client, events} = await newSetting(t);
  client.trackJson('{"activityType": "Click", "details": {"element": "ü", "n": 1.50}}');
  const [event] = await events();
  assert.deepEqual(event.details, {element: 'ü', n: 1.5});
});

test('the context goes with each batch, and the user with each event', async (t) => {
  const {client, events, gateway} = await newSetting(t, {
    appName: 'Desk', context: {locale: 'de', device: 'a\u0000b'},
  });
  client.setUser('u-1');
  client.click('p', 'a');
  client.setUser(null);
  client.click('p', 'b');
  assert.deepEqual((await events()).map((event) => event.userId), ['u-1', undefined]);
  const [context] = await gateway.contexts();
  assert.deepEqual([context.app, context.locale, context.device], ['Desk', 'de', 'a\u0000b']);
});
