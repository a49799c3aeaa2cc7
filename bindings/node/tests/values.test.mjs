import assert from 'node:assert/strict';
import test from 'node:test';
import {codeOf, newOffline, newSetting} from './setting.mjs';

test('values arrive as what they are', async (t) => {
  const {client, events} = await newSetting(t);
  const details = {
    text: 'a\u0000b', no: false, yes: true, nothing: null, left: undefined, whole: -3,
    large: 9007199254740991, small: -9007199254740991, real: 0.1, huge: 1e300,
    nested: {list: [1, ['x', {y: null}], undefined], empty: {}, none: []}, at: new Date(0),
    boxed: new String('s'),
  };
  client.click('p', 'e', {details});
  const [event] = await events();
  const {left, ...rest} = details;
  assert.deepEqual(event.details, {element: 'e', ...JSON.parse(JSON.stringify(rest))});
});

test('a bigint of 64 bits, and minus zero, keep what they are', async (t) => {
  const {client, gateway, events} = await newSetting(t);
  client.click('p', 'e', {details: {most: 2n ** 63n - 1n, least: -(2n ** 63n), zero: -0}});
  await events();
  const [event] = await gateway.events();
  assert.equal(event.details.most, 2 ** 63);
  assert.equal(event.details.least, -(2 ** 63));
  assert.ok(Object.is(event.details.zero, -0));
});

test('texts become UTF-8, and a lone surrogate U+FFFD', async (t) => {
  const {client, events} = await newSetting(t);
  const long = 'é😀'.repeat(300);
  const details = {['\ud800k']: long, '😀': 'x\ud83d'};
  client.click('\ud83d', '\ude00', {user: 'ä\udc00b', details});
  const [event] = await events();
  assert.deepEqual([event.pageId, event.userId], ['\ufffd', 'ä\ufffdb']);
  assert.deepEqual(event.details,
    {'element': '\ufffd', '\ufffdk': long, '😀': 'x\ufffd'});
});

test('what has no form in JSON is refused, and named', (t) => {
  const client = newOffline(t);
  const refused = {
    big: 2n ** 63n, small: -(2n ** 63n) - 1n, f: () => 1, s: Symbol('x'), nan: NaN, inf: -Infinity,
    deep: {list: [() => 1]},
  };
  for (const [name, value] of Object.entries(refused)) {
    assert.equal(codeOf(() => client.click('p', 'e', {details: {[name]: value}})), 'invalid_event',
      name);
  }
  const big = 2n ** 64n;
  assert.throws(() => client.click('p', 'e', {details: {big}}), /"big" is a whole number/);
});

test('binary data is refused at once', (t) => {
  const client = newOffline(t);
  for (const value of [new Uint8Array(100e6), Buffer.alloc(10), new ArrayBuffer(10),
    new Float64Array(3), new DataView(new ArrayBuffer(3))]) {
    assert.equal(codeOf(() => client.click('p', 'e', {details: {value}})), 'invalid_event');
    assert.equal(codeOf(() => client.click('p', 'e', {details: {deep: [value]}})), 'invalid_event');
  }
});

test('cycles, depth and width are refused by their limits', (t) => {
  const client = newOffline(t);
  const cycle = {};
  for (let i = 0; i < 60; ++i) cycle[`n${i}`] = cycle;
  const list = [];
  list.push(list, list);
  const self = {toJSON: () => self};
  const wide = Object.fromEntries([...Array(5000).keys()].map((i) => [`k${i}`, i]));
  const values = [cycle, list, self, wide, Array(100000).fill(1), [Array(2000).fill([])]];
  for (const x of values) {
    assert.equal(codeOf(() => client.click('p', 'e', {details: {x}})), 'invalid_event');
  }
  assert.equal(codeOf(() => client.click('p', 'e', {details: wide})), 'invalid_event');
  assert.equal(codeOf(() => client.click('p', 'e', {metadata: {cycle}})), 'invalid_event');
});

test('large texts are refused, and the next event is not', (t) => {
  const client = newOffline(t);
  const refused = (details) => codeOf(() => client.click('p', 'e', {details}));
  assert.equal(refused({x: 'y'.repeat(100000)}), 'too_large');
  for (const x of ['y'.repeat(20e6), '€'.repeat(40e6), 'y'.repeat(200e6)]) {
    assert.match(refused({a: x, b: x, c: x}), /^(too_large|invalid_argument)$/);
  }
  client.click('p', 'e', {details: {password: 'x'.repeat(300000)}});
  client.click('p', 'e');
  assert.equal(client.stats().recorded, 2);
});

test('a getter may record events of its own, and may throw', async (t) => {
  const {client, events} = await newSetting(t);
  client.click('p', 'outer', {details: {
    before: 1,
    value: {toJSON: () => (client.click('q', 'inner', {details: {a: 'b'}, user: 'u'}), 'v')},
    get after() {
      return client.stats().recorded;
    },
  }});
  assert.throws(() => client.click('p', 'e', {details: {get x() {
    throw new RangeError('mine');
  }}}), RangeError);
  client.click('p', 'last');
  const came = (await events()).map((event) => [event.pageId, event.userId, event.details]);
  assert.deepEqual(came, [
    ['q', 'u', {element: 'inner', a: 'b'}],
    ['p', undefined, {element: 'outer', before: 1, value: 'v', after: 1}],
    ['p', undefined, {element: 'last'}],
  ]);
});

test('personal data is masked before it is kept', async (t) => {
  const {client, events} = await newSetting(t);
  client.click('p', 'e', {details: {password: 'x', note: 'to anna@example.com'}});
  const [event] = await events();
  assert.deepEqual(event.details, {element: 'e', password: '[removed]', note: 'to [email]'});
  assert.equal(client.stats().masked, 2);
});
