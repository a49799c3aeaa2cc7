'use strict';

// Details and metadata as entries of the event's buffer: a penstock_flat_entry each.
const {types} = require('node:util');
const buffer = require('./event_buffer.js');
const {invalidArgument, invalidEvent} = require('./penstock_error.js');

const {HEAD_WORDS, ENTRY_WORDS, words, reals, bigs, putText} = buffer;
const NULL = 0;
const TEXT = 1;
const INTEGER = 2;
const REAL = 3;
const BOOLEAN = 4;
const OBJECT = 16;
const ARRAY = 17;
const CLOSE = 18;
// Deeper and more than the library takes. It refuses what is written up to here, so the rest need
// not be: a cycle ends.
const DEPTH_MAX = 40;
const ENTRIES_FULL = buffer.ENTRIES_MAX - DEPTH_MAX - 1;
const TWO_TO_32 = 4294967296;

let entries = 0;

function clearEntries() {
  entries = 0;
}

function countEntries() {
  return entries;
}

function setCount(count) {
  entries = count;
}

// Where the number of the new entry is.
function putEntry(type, nameSize, textSize) {
  const at = HEAD_WORDS + ENTRY_WORDS * entries++;
  words[at] = type;
  words[at + 1] = nameSize;
  words[at + 2] = textSize;
  words[at + 3] = 0;
  return at + 4;
}

function setWhole(at, whole) {
  words[at] = whole; // its last 32 bits
  words[at + 1] = Math.floor(whole / TWO_TO_32);
}

function putNumber(nameSize, number) {
  if ((number | 0) === number && (number !== 0 || 1 / number > 0)) {
    const at = putEntry(INTEGER, nameSize, 0);
    words[at] = number;
    words[at + 1] = number >> 31;
  } else if (Number.isSafeInteger(number) && number !== 0) {
    setWhole(putEntry(INTEGER, nameSize, 0), number);
  } else {
    reals[putEntry(REAL, nameSize, 0) >> 1] = number;
  }
}

function putBigInt(name, nameSize, big) {
  if (BigInt.asIntN(64, big) !== big) {
    throw invalidEvent(`${said(name)} is a whole number of more than 64 bits`);
  }
  bigs[putEntry(INTEGER, nameSize, 0) >> 1] = big;
}

function said(name) {
  return name === '' ? 'a value' : `"${name}"`;
}

// `name`: '' in an array.
function putValue(name, value, depth) {
  const nameSize = putText(name);
  switch (typeof value) {
    case 'string': {
      const size = putText(value);
      putEntry(TEXT, nameSize, size);
      return;
    }
    case 'number':
      putNumber(nameSize, value);
      return;
    case 'boolean': {
      const at = putEntry(BOOLEAN, nameSize, 0);
      words[at] = value ? 1 : 0;
      words[at + 1] = 0;
      return;
    }
    case 'bigint':
      putBigInt(name, nameSize, value);
      return;
    case 'object':
      if (value === null) putEntry(NULL, nameSize, 0);
      else putObject(name, nameSize, value, depth);
      return;
    case 'undefined': // in an array, as JSON has it
      putEntry(NULL, nameSize, 0);
      return;
    default:
      throw invalidEvent(`${said(name)} is a ${typeof value}, which has no form in JSON`);
  }
}

// A list, or members; of what stands for another value, that.
function putObject(name, nameSize, object, depth) {
  // A buffer in details is a mistake; to look at each of its bytes would take seconds.
  if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object)) {
    throw invalidEvent(`${said(name)} is binary data, which has no form in JSON; give text`);
  }
  if (typeof object.toJSON === 'function' || types.isBoxedPrimitive(object)) {
    putInstead(name, nameSize, object, depth);
    return;
  }
  const isArray = Array.isArray(object);
  putEntry(isArray ? ARRAY : OBJECT, nameSize, 0);
  if (depth < DEPTH_MAX) {
    if (isArray) putElements(object, depth + 1);
    else putMembers(object, depth + 1);
  }
  putEntry(CLOSE, 0, 0);
}

function putInstead(name, nameSize, object, depth) {
  if (depth >= DEPTH_MAX) throw invalidEvent(`${said(name)} has a toJSON() without end`);
  const begin = entries;
  const value = typeof object.toJSON === 'function' ? object.toJSON(name) : object.valueOf();
  putValue('', value, depth + 1);
  words[HEAD_WORDS + ENTRY_WORDS * begin + 1] = nameSize; // the name stands before it already
}

function putElements(array, depth) {
  for (let i = 0; i < array.length && entries < ENTRIES_FULL; ++i) putValue('', array[i], depth);
}

function putMembers(object, depth) {
  for (const name in object) {
    if (entries >= ENTRIES_FULL) break;
    if (!Object.hasOwn(object, name)) continue;
    const value = object[name];
    if (value !== undefined) putValue(name, value, depth);
  }
}

// Details or metadata; returns how many entries that are.
function putFields(fields, what) {
  if (fields === undefined || fields === null) return 0;
  if (typeof fields !== 'object' || Array.isArray(fields)) {
    throw invalidArgument(`${what} must be an object`);
  }
  const begin = entries;
  putMembers(fields, 0);
  return entries - begin;
}

module.exports = {putFields, clearEntries, countEntries, setCount, setWhole};
