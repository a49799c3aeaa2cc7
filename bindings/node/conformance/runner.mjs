// The runner of the conformance suite: docs/bindings.md has its protocol.
import {setTimeout} from 'node:timers/promises';
import {readSync, writeSync} from 'node:fs';
import {Client, PenstockError} from 'penstock';

const CAN = ['lone_surrogates', 'not_a_number', 'big_integers'];
const KILL_CLOSE_MS = 30000;

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/[A-Z]/g, (letter) => '_' + letter.toLowerCase());

// --- What JSON cannot carry ---------------------------------------------------------------------

function textOfUnits(hex) {
  const units = hex.match(/..../g) ?? [];
  return String.fromCharCode(...units.map((unit) => parseInt(unit, 16)));
}

function nest(depth) {
  let value = [];
  for (let i = 1; i < depth; ++i) value = [value];
  return value;
}

const SPECIAL = {
  $int: (digits) => BigInt(digits),
  $real: (digits) => Number(digits),
  $utf16: textOfUnits,
  $repeat: ([text, times]) => text.repeat(times),
  $nest: nest,
};

function valueOf(json) {
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json !== 'object' || json === null) return json;
  const names = Object.keys(json);
  if (names.length === 1 && names[0] in SPECIAL) return SPECIAL[names[0]](json[names[0]]);
  return objectOf(json, (name) => name);
}

function objectOf(json, rename) {
  const entries = Object.entries(json).map(([name, value]) => [rename(name), valueOf(value)]);
  return Object.fromEntries(entries);
}

// --- Cases --------------------------------------------------------------------------------------

const EVENT_NAMES = {
  page_id: 'page', record_id: 'record', user_id: 'user', session_id: 'session',
  correlation_id: 'correlation', time_ms: 'time',
};

function eventOf(json) {
  const event = objectOf(json, (name) => EVENT_NAMES[name] ?? camel(name));
  return {...event, kind: camel(json.kind)};
}

function optionsOf(json) {
  return objectOf(json, camel);
}

function statsOf(stats) {
  return Object.fromEntries(Object.entries(stats).map(([name, value]) => [snake(name), value]));
}

const CALLS = {
  track: (client, {event, flow}, flows) => {
    const record = () => client.track(eventOf(event));
    if (flow === undefined) record();
    else flows.get(flow).run(record);
  },
  track_json: (client, {event}) => client.trackJson(valueOf(event)),
  set_user: (client, {id}) => client.setUser(valueOf(id)),
  set_session: (client, {id}) => client.setSession(valueOf(id)),
  start_session: (client, {id}) => client.startSession(valueOf(id)),
  end_session: (client) => client.endSession(),
  enter_page: (client, {id}) => client.enterPage(valueOf(id)),
  leave_page: (client) => client.leavePage(),
  pause: (client) => client.pause(),
  resume: (client) => client.resume(),
  start_flow: (client, call, flows) => {
    const correlation = valueOf(call.correlation_id);
    const flow = client.startFlow(valueOf(call.process), {correlation});
    flows.set(call.as, flow);
    return {correlation_id: flow.correlationId};
  },
  complete_flow: (client, {flow, outcome}, flows) => flows.get(flow).complete(outcome),
  end_flow: (client, {flow}, flows) => flows.get(flow).end(),
  set_consent: (client, {consent}) => client.setConsent(consent),
  consent: (client) => ({consent: client.consent}),
  forget: (client) => client.forget(),
  flush: (client, call) => client.flush(call.timeout_ms),
  close: (client, call) => client.close(call.timeout_ms),
  stats: (client) => ({stats: statsOf(client.stats())}),
  ledger: (client) => ({ledger: client.ledger()}),
};

async function resultOf(call) {
  try {
    return (await call()) ?? {};
  } catch (error) {
    if (!(error instanceof PenstockError)) throw error;
    return {code: error.code, message: error.message};
  }
}

async function closeAnyhow(client) {
  await resultOf(() => client.close(0));
}

// A closed client gives its part of the directory back when it is freed: by the collector, on a
// thread of its own.
async function collect() {
  globalThis.gc();
  await setTimeout(20);
}

async function runCase({calls, case: name}) {
  let client;
  const flows = new Map();
  const results = [];
  for (const call of calls) {
    if (call.call === 'open') {
      if (client !== undefined) {
        await closeAnyhow(client);
        client = undefined;
        await collect();
      }
      results.push(await resultOf(() => {
        client = Client.open(optionsOf(call.options));
      }));
    } else if (client === undefined) {
      results.push({code: 'no_client'});
    } else {
      results.push(await resultOf(() => CALLS[call.call](client, call, flows)));
    }
  }
  if (client !== undefined) await closeAnyhow(client);
  return {case: name, results};
}

// --- Kills --------------------------------------------------------------------------------------

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function runKill({options, stream, from, count}) {
  const client = Client.open(optionsOf(options));
  for (let i = 0; count === 0 || i < count; ++i) {
    client.click(undefined, 'kill', {user: stream, details: {n: from + i}});
    write(`${from + i}\n`);
    if (i % 10 === 9) sleep(1);
  }
  await client.close(KILL_CLOSE_MS);
  write('closed\n');
}

// --- Measuring ----------------------------------------------------------------------------------

function recordClicks(client, count) {
  for (let i = 0; i < count; ++i) {
    client.click('approval-screen', 'approve-button', {
      details: {itemsSelected: 3, theme: 'dark'},
    });
  }
}

async function runBench({options, count}) {
  const client = Client.open(optionsOf(options));
  recordClicks(client, count); // until it is compiled
  const begin = process.hrtime.bigint();
  recordClicks(client, count);
  const took = process.hrtime.bigint() - begin;
  await resultOf(() => client.close(0));
  return {us_per_call: Number(took) / 1000 / count};
}

// --- Lines --------------------------------------------------------------------------------------

function write(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      sleep(1);
    }
  }
}

function readSome(chunk) {
  try {
    return readSync(0, chunk);
  } catch (error) {
    if (error.code === 'EOF') return 0;
    if (error.code !== 'EAGAIN') throw error;
    sleep(5);
    return -1;
  }
}

function* readLines() {
  const chunk = Buffer.alloc(64 * 1024);
  let rest = Buffer.alloc(0);
  for (;;) {
    const size = readSome(chunk);
    if (size === 0) break;
    if (size > 0) rest = Buffer.concat([rest, chunk.subarray(0, size)]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

async function answer(request) {
  if (request.kill !== undefined) await runKill(request.kill);
  else if (request.bench !== undefined) write(JSON.stringify(await runBench(request.bench)) + '\n');
  else write(JSON.stringify(await runCase(request)) + '\n');
}

write(JSON.stringify({language: 'node', version: process.versions.node, can: CAN}) + '\n');
for (const line of readLines()) {
  if (line.trim() !== '') await answer(JSON.parse(line));
}
