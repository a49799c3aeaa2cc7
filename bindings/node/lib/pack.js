'use strict';

// Writes an event into the buffers, in the layout of src/track.c, and has it recorded: one call
// into the addon, which looks at no value of JavaScript.
const addon = require('./addon.js');
const buffer = require('./event_buffer.js');
const values = require('./values.js');
const {failure, invalidArgument} = require('./penstock_error.js');

const {words, bigs, putText} = buffer;
const {putFields, setWhole} = values;
const CLIENT = 0;
const TEXT_SIZE = 2;
const ENTRIES = 3;
const KIND = 4;
const OUTCOME = 5;
const TIME = 6;
const DURATION = 8;
const SCHEMA_VERSION = 10;
const FLOW = 12;
const SIZES = 14;
const DETAILS = 21;
const METADATA = 22;
const NO_DURATION_HIGH = -2147483648; // with 0 below it: INT64_MIN

function sizeOf(text, what) {
  if (typeof text === 'string') return putText(text);
  if (text === undefined || text === null) return 0;
  throw invalidArgument(`${what} must be a string`);
}

function setNumber(at, number, what) {
  if (typeof number === 'bigint' && BigInt.asIntN(64, number) === number) bigs[at >> 1] = number;
  else if (Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER) {
    setWhole(at, Math.floor(number));
  } else throw invalidArgument(`${what} must be a number that is finite and no larger than 2^53`);
}

function setTime(time) {
  if (time === undefined || time === null) words[TIME] = words[TIME + 1] = 0;
  else setNumber(TIME, time instanceof Date ? time.getTime() : time, 'time');
}

function setDuration(duration) {
  if (duration === undefined || duration === null) {
    words[DURATION] = 0;
    words[DURATION + 1] = NO_DURATION_HIGH;
  } else setNumber(DURATION, duration, 'durationMs');
}

function setSchemaVersion(version) {
  if (version === undefined || version === null) {
    words[SCHEMA_VERSION] = words[SCHEMA_VERSION + 1] = 0;
  } else if (version < 0) throw invalidArgument('schemaVersion must not be negative');
  else setNumber(SCHEMA_VERSION, version, 'schemaVersion');
}

function setOutcome(outcome) {
  if (outcome === undefined || outcome === null) words[OUTCOME] = 0;
  else if (outcome === 'success') words[OUTCOME] = 1;
  else if (outcome === 'failure') words[OUTCOME] = 2;
  else throw invalidArgument('outcome must be "success" or "failure"');
}

// What none of its fields was given to.
function putNoFields() {
  words[OUTCOME] = words[TIME] = words[TIME + 1] = words[DURATION] = 0;
  words[DURATION + 1] = NO_DURATION_HIGH;
  words[SCHEMA_VERSION] = words[SCHEMA_VERSION + 1] = 0;
  words[SIZES + 3] = words[SIZES + 4] = words[SIZES + 5] = words[SIZES + 6] = 0;
  words[DETAILS] = words[METADATA] = 0;
}

function putAllFields(fields) {
  setOutcome(fields.outcome);
  setTime(fields.time);
  setDuration(fields.durationMs);
  setSchemaVersion(fields.schemaVersion);
  words[SIZES + 3] = sizeOf(fields.user, 'user');
  words[SIZES + 4] = sizeOf(fields.session, 'session');
  words[SIZES + 5] = sizeOf(fields.correlation, 'correlation');
  words[SIZES + 6] = sizeOf(fields.traceparent, 'traceparent');
  words[DETAILS] = putFields(fields.details, 'details');
  words[METADATA] = putFields(fields.metadata, 'metadata');
}

function pack(kind, name, page, record, fields) {
  buffer.clearText();
  values.clearEntries();
  words[KIND] = kind;
  words[SIZES] = sizeOf(name, 'name');
  words[SIZES + 1] = sizeOf(page, 'page');
  words[SIZES + 2] = sizeOf(record, 'record');
  if (fields === undefined || fields === null) putNoFields();
  else if (typeof fields === 'object') putAllFields(fields);
  else throw invalidArgument('what an event has must be an object');
  words[TEXT_SIZE] = buffer.sizeOfText();
  words[ENTRIES] = values.countEntries();
}

let packing = false;

// `client`, `flow`: objects with the halves `low` and `high` of a handle.
function record(client, flow, kind, name, page, recordId, fields) {
  if (packing) return recordWithin(client, flow, kind, name, page, recordId, fields);
  packing = true;
  let status;
  try {
    pack(kind, name, page, recordId, fields);
    words[CLIENT] = client.low;
    words[CLIENT + 1] = client.high;
    words[FLOW] = flow === null ? 0 : flow.low;
    words[FLOW + 1] = flow === null ? 0 : flow.high;
    status = addon.track();
  } finally {
    packing = false;
  }
  if (status !== 0) throw failure(status);
}

// A getter, or toJSON(), of an event records another one.
function recordWithin(client, flow, kind, name, page, recordId, fields) {
  const saved = buffer.save();
  const entries = values.countEntries();
  packing = false;
  try {
    record(client, flow, kind, name, page, recordId, fields);
  } finally {
    packing = true;
    buffer.restore(saved);
    values.setCount(entries);
  }
}

module.exports = {record};
