import assert from 'node:assert/strict';
import test from 'node:test';
import {Client, Flow, Penstock, PenstockError} from 'penstock';
import {codeOf, newFolder, newOffline, optionsFor} from './setting.mjs';

test('a failure has a code, and the message of the library', (t) => {
  const client = newOffline(t);
  assert.throws(() => client.click('p', ''), (error) => {
    assert.ok(error instanceof PenstockError && error instanceof Error);
    assert.deepEqual([error.name, error.code], ['PenstockError', 'invalid_event']);
    assert.match(error.message, /element is empty/);
    assert.match(error.stack, /PenstockError: element is empty/);
    return true;
  });
});

test('options are looked at', (t) => {
  const good = optionsFor('http://127.0.0.1:9', newFolder());
  const refused = (more) => codeOf(() => Client.open({...good, ...more}));
  assert.equal(refused({directory: ''}), 'invalid_option');
  assert.equal(refused({batchEventsMax: 0}), 'invalid_option');
  assert.equal(refused({proxy: 'not a proxy'}), 'invalid_option');
  const wrong = {
    colour: 1, directory: 1, batchEventsMax: -1, segmentBytes: '1', batchAgeMaxMs: 2 ** 32,
    diskBytesMax: 1.5, maskEmails: 1, compression: 'lz4', sessionMode: 1, removeFields: 'a',
    allowFields: [1], context: {a: 1}, eventTypes: [null], caPem: {}, syncIntervalMs: NaN,
    detect: 'coordinates', doNotDetect: [1], privacyRules: {}, pseudonymKeys: 'k1',
  };
  for (const [name, value] of Object.entries(wrong)) {
    assert.equal(refused({[name]: value}), 'invalid_argument', name);
  }
  for (const none of [undefined, null, 'x', 1]) {
    assert.equal(codeOf(() => Client.open(none)), 'invalid_argument');
  }
  assert.throws(() => Client.open({...good, colour: 1}), /there is no option "colour"/);
  assert.throws(() => Client.open({...good, get proxy() {
    throw new RangeError('mine');
  }}), RangeError);
  const client = Client.open({...good, caFile: null, context: undefined});
  assert.equal(client.consent, 'unknown');
});

test('arguments of other types are refused', (t) => {
  const client = newOffline(t);
  const calls = [
    () => client.track(), () => client.track(null), () => client.track({kind: 'clik'}),
    () => client.track({kind: '__proto__'}), () => client.click(1, 'e'),
    () => client.click('p', {}),
    () => client.click('p', 'e', 1), () => client.click('p', 'e', {details: 'x'}),
    () => client.click('p', 'e', {metadata: []}), () => client.click('p', 'e', {user: 7}),
    () => client.click('p', 'e', {time: NaN}), () => client.click('p', 'e', {time: 'now'}),
    () => client.click('p', 'e', {time: new Date(NaN)}),
    () => client.click('p', 'e', {durationMs: Infinity}),
    () => client.click('p', 'e', {outcome: 'maybe'}), () => client.click('p', 'e', {flow: {}}),
    () => client.custom('X', {schemaVersion: -1}), () => client.setUser(3),
    () => client.startSession({}), () => client.enterPage(Symbol('x')), () => client.trackJson({}),
    () => client.startFlow(5), () => client.runFlow('f'), () => client.runFlow('f', 1),
    () => client.setConsentSync('maybe'), () => client.flushSync('1'), () => client.closeSync(NaN),
    () => client.startFlow('f').complete('maybe'), () => client.startFlow('f').run(),
    () => new Flow(), () => client.runSession(), () => client.runPage('p'),
  ];
  for (const call of calls) assert.equal(codeOf(call), 'invalid_argument', String(call));
});

test('nothing given is not given', (t) => {
  const client = newOffline(t);
  assert.equal(codeOf(() => client.click()), 'invalid_event');
  assert.equal(codeOf(() => client.pageView(null)), 'invalid_event');
  assert.equal(codeOf(() => client.enterPage(null)), 'invalid_event');
  assert.equal(codeOf(() => client.trackJson()), 'invalid_event');
  client.click(null, 'e', null);
  client.click(undefined, 'e', {details: null, metadata: undefined, flow: null, outcome: null});
  client.setSession(undefined);
});

test('borrowed methods are refused', async (t) => {
  const client = newOffline(t);
  for (const receiver of [{}, null, undefined, 1, Object.create(client), new Proxy(client, {})]) {
    for (const name of Object.getOwnPropertyNames(Client.prototype)) {
      const {value, get} = Object.getOwnPropertyDescriptor(Client.prototype, name);
      if (name === 'constructor' || name.startsWith('run')) continue;
      const call = async () => (value ?? get).call(receiver, 'x', 'y');
      await assert.rejects(call, {code: 'invalid_argument'}, name);
    }
  }
  const flow = Flow.prototype;
  assert.equal(codeOf(() => flow.end.call({})), 'invalid_argument');
  assert.equal(codeOf(() => flow.complete.call(client)), 'invalid_argument');
  assert.equal(codeOf(() => flow.run.call(null, () => 1)), 'invalid_argument');
});

test('a closed client says so', async (t) => {
  const client = newOffline(t);
  const flow = client.startFlow('f');
  await client.close(0).catch(() => {});
  await client.close(0);
  client.closeSync();
  for (const call of [
    () => client.click('p', 'e'), () => client.startSession(), () => client.enterPage('p'),
    () => client.trackJson('{"activityType": "A"}'), () => flow.complete(),
  ]) {
    assert.equal(codeOf(call), 'closed', String(call));
  }
  flow.end();
  assert.equal(client.stats().recorded, 0);
  assert.deepEqual(client.ledger(), []);
});

test('close() that is out of time says how many events are left', async (t) => {
  const client = newOffline(t);
  client.click('p', 'e');
  await assert.rejects(client.flush(1), {code: 'timeout'});
  await assert.rejects(client.close(1), {code: 'timeout', message: /1/});
  assert.equal(codeOf(() => client.click('p', 'e')), 'closed');
});

test('the names are one class', () => assert.equal(Client, Penstock));
