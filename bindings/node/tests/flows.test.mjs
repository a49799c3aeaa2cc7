import assert from 'node:assert/strict';
import test from 'node:test';
import {setTimeout as pass} from 'node:timers/promises';
import {Flow} from 'penstock';
import {codeOf, newOffline, newSetting} from './setting.mjs';

const correlations = (events) => Object.fromEntries(
  events.map((event) => [event.details.element ?? event.details.process, event.correlationId]));

test('what runs in a flow carries its id, also at the same time as others', async (t) => {
  const {client, events} = await newSetting(t);
  const one = (name) => client.runFlow(name, async (flow) => {
    assert.equal(client.currentFlow, flow);
    await pass(1);
    client.click('p', `${name}-click`);
    await Promise.all([pass(2).then(() => client.click('p', `${name}-late`))]);
    return flow.correlationId;
  });
  const [a, b] = await Promise.all([one('a'), one('b')]);
  client.click('p', 'outside');
  const ids = correlations(await events());
  assert.notEqual(a, b);
  assert.deepEqual(ids, {
    'a-click': a, 'a-late': a, 'a': a, 'b-click': b, 'b-late': b, 'b': b, 'outside': undefined,
  });
});

test('a flow is completed with success, or with failure when its task throws', async (t) => {
  const {client, events} = await newSetting(t);
  assert.equal(client.runFlow('sync', () => 5), 5);
  assert.throws(() => client.runFlow('throws', () => {
    throw new RangeError('mine');
  }), RangeError);
  await assert.rejects(client.runFlow('rejects', async () => {
    throw new RangeError('mine');
  }), RangeError);
  client.runFlow('own', (flow) => flow.complete('failure'));
  client.runFlow('none', (flow) => flow.end());
  const outcomes = (await events()).map(({details}) => [details.process, details.outcome]);
  assert.deepEqual(outcomes, [
    ['sync', 'success'], ['throws', 'failure'], ['rejects', 'failure'], ['own', 'failure'],
  ]);
});

test('flows nest, and behind the inner one the outer one goes on', async (t) => {
  const {client, events} = await newSetting(t);
  client.runFlow('outer', () => {
    client.runFlow('inner', (inner) => {
      client.click('p', 'in');
      inner.end();
      client.click('p', 'behind');
    }, {correlation: 'c-inner'});
    client.click('p', 'out');
  }, {correlation: 'c-outer'});
  const ids = correlations(await events());
  assert.deepEqual(ids,
    {in: 'c-inner', behind: 'c-outer', out: 'c-outer', outer: 'c-outer'});
});

test('a flow may be named by an event, and run elsewhere', async (t) => {
  const {client, events} = await newSetting(t);
  const flow = client.startFlow('f', {correlation: 'c-1'});
  assert.ok(flow instanceof Flow);
  client.click('p', 'named', {flow});
  client.track({kind: 'click', name: 'tracked', flow});
  assert.equal(flow.run(() => (client.click('p', 'run'), 3)), 3);
  client.click('p', 'own', {flow, correlation: 'c-2'});
  client.click('p', 'none');
  flow.complete();
  assert.deepEqual([flow.ended, flow.correlationId], [true, 'c-1']);
  client.click('p', 'over', {flow});
  const ids = correlations(await events());
  assert.deepEqual(ids, {
    named: 'c-1', tracked: 'c-1', run: 'c-1', own: 'c-2', none: undefined, f: 'c-1',
    over: undefined,
  });
});

test('a flow ends once', (t) => {
  const client = newOffline(t);
  const flow = client.startFlow('f');
  flow.complete();
  assert.equal(codeOf(() => flow.complete()), 'misuse');
  flow.end();
  const other = client.startFlow('f');
  other[Symbol.dispose ?? 'end']();
  assert.equal(codeOf(() => other.complete()), 'misuse');
  assert.equal(codeOf(() => client.startFlow('')), 'invalid_event');
});

test('there may be very many flows, one behind the other', (t) => {
  const client = newOffline(t, {diskBytesMax: 128 * 1024 * 1024});
  for (let i = 0; i < 100000; ++i) client.startFlow('f').end();
});

test('what the task throws wins over what completing it does', async (t) => {
  const client = newOffline(t);
  const close = () => codeOf(() => client.closeSync(0));
  assert.throws(() => client.runFlow('f', () => {
    close();
    throw new RangeError('mine');
  }), RangeError);
  assert.equal(codeOf(() => client.runFlow('f', () => 1)), 'closed');
});

test('each client has flows of its own, also within those of others', async (t) => {
  const one = await newSetting(t);
  const two = await newSetting(t);
  one.client.runFlow('a', () => two.client.runFlow('b', (flow) => {
    one.client.click('p', 'first');
    two.client.click('p', 'second');
    assert.equal(two.client.currentFlow, flow);
    assert.notEqual(one.client.currentFlow, flow);
  }, {correlation: 'c-b'}), {correlation: 'c-a'});
  assert.deepEqual(correlations(await one.events()), {first: 'c-a', a: 'c-a'});
  assert.deepEqual(correlations(await two.events()), {second: 'c-b', b: 'c-b'});
  assert.equal(one.client.currentFlow, undefined);
});
