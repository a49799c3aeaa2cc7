import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import test from 'node:test';
import {inspect} from 'node:util';
import {Client} from 'penstock';
import {newFolder, newOffline, newSetting, optionsFor} from './setting.mjs';

const KEY = Uint8Array.from([0, 1, 2, 255, 254, 253, 0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 195]);

function pseudonym(key, value) {
  return 'p:k1:' + createHmac('sha256', key).update(value).digest('hex').slice(0, 32);
}

// The details of an event that is recorded with such options.
async function detailsWith(t, options, details) {
  const {client, events} = await newSetting(t, options);
  client.activity('Saved', {details});
  const [event] = await events();
  return event.details;
}

test('rules decide on fields by their path', async (t) => {
  const privacyRules = [
    'details.support allow', 'details.customer.name mask last 2', 'details.notes remove',
    '**.comment replace [comment]',
  ];
  const details = await detailsWith(t, {privacyRules}, {
    support: 'help@example.com', customer: {name: 'Anna Smith', comment: 'is nice'},
    notes: {any: 1},
  });
  assert.deepEqual(details, {
    support: 'help@example.com', customer: {name: '[masked]th', comment: '[comment]'},
    notes: '[removed]',
  });
});

test('a hash is the same for the same value', async (t) => {
  const details = await detailsWith(t, {privacyRules: ['details.* hash']},
    {a: 'anna', b: 'anna', c: 'bob'});
  assert.match(details.a, /^h:/);
  assert.equal(details.a, details.b);
  assert.notEqual(details.a, details.c);
});

test('a pseudonym is made with the key that was given', async (t) => {
  const within = new Uint8Array([...Array(10).fill(7), ...KEY, 7]).subarray(10, 10 + KEY.length);
  const text = 'a key that is a text: größe';
  for (const key of [KEY, Buffer.from(KEY), within, text]) {
    const expected = pseudonym(key, 'anna');
    const options = {privacyRules: ['details.who pseudonym k1'], pseudonymKeys: {k1: key}};
    assert.deepEqual(await detailsWith(t, options, {who: 'anna'}), {who: expected});
  }
});

test('keys are copied when the client is opened', async (t) => {
  const key = Uint8Array.from(KEY);
  const pseudonymKeys = {k1: key};
  const {client, events} = await newSetting(t,
    {privacyRules: ['userId pseudonym k1'], pseudonymKeys});
  key.fill(0);
  delete pseudonymKeys.k1;
  client.click('p', 'e', {user: 'anna'});
  const [event] = await events();
  assert.equal(event.userId, pseudonym(KEY, 'anna'));
});

test('kinds are detected as the program says', async (t) => {
  const texts = {at: '48.8566, 2.3522', in: '/home/anna/x', to: 'a@b.org'};
  const options = {detect: ['coordinates'], doNotDetect: ['home_paths', 'emails']};
  assert.deepEqual(await detailsWith(t, options, texts), {...texts, at: '[coordinates]'});
});

function refusal(options) {
  try {
    Client.open({...optionsFor('http://127.0.0.1:9', newFolder()), ...options});
  } catch (error) {
    return error;
  }
  return undefined;
}

test('what the library cannot follow is an invalid option', () => {
  const cases = [
    [{privacyRules: ['details.a remove', 'details.b blur']}, /rule 2 .*details\.b blur/],
    [{privacyRules: ['userId pseudonym k1']}, /userId pseudonym k1.*pseudonym_keys/],
    [{pseudonymKeys: {k1: 'short'}}, /pseudonym_keys \(k1\) has fewer than 16 bytes/],
    [{pseudonymKeys: {k1: new Uint8Array()}}, /pseudonym_keys \(k1\) has fewer than 16 bytes/],
    [{detect: ['coordinates', 'shoe_sizes']}, /name 2 of detect is no kind/],
    [{doNotDetect: ['shoe_sizes']}, /name 1 of do_not_detect is no kind/],
    [{detect: ['emails'], doNotDetect: ['emails']}, /emails/],
  ];
  for (const [options, told] of cases) {
    const error = refusal(options);
    assert.equal(error?.code, 'invalid_option', inspect(options));
    assert.match(error.message, told);
  }
});

test('a key of another type is refused', () => {
  const others = [16, null, undefined, [1, 2], new ArrayBuffer(32), new DataView(KEY.buffer),
    new Uint16Array(16), new Int8Array(32), {length: 32}, true];
  for (const key of others) {
    const error = refusal({pseudonymKeys: {k1: key}});
    assert.equal(error?.code, 'invalid_argument', inspect(key));
    assert.match(error.message, /each value of pseudonymKeys must be a string or a Uint8Array/);
  }
});

test('a key that was decoded wrongly is refused', () => {
  const key = Buffer.from(KEY).toString();
  for (const wrong of [key, '0123456789abcdef\ud800']) {
    const error = refusal({pseudonymKeys: {k1: wrong}});
    assert.equal(error?.code, 'invalid_argument');
    assert.match(error.message, /must be a Uint8Array/);
  }
});

test('keys are not shown', (t) => {
  const secret = 'secret-0123456789';
  const client = newOffline(t, {pseudonymKeys: {k1: secret}});
  assert.doesNotMatch(inspect(client, {showHidden: true, depth: 9}), /secret/);
  const wrong = [{'k 1': secret}, {[`${secret}!`]: 'k1'}, {k1: [secret]},
    {k1: `${secret}\ud800`}];
  for (const pseudonymKeys of wrong) {
    const error = refusal({pseudonymKeys});
    assert.match(error.code, /^invalid_/);
    assert.doesNotMatch(error.message, /secret/);
  }
});
