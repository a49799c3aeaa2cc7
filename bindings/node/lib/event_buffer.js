'use strict';

// The two buffers that an event is written into for the addon (src/track.c): its numbers, as 32-bit
// words, and its texts in UTF-8.
const addon = require('./addon.js');

const HEAD_WORDS = 24; // the client's handle, sizes, and a penstock_flat_event
const ENTRY_WORDS = 6; // a penstock_flat_entry
const ENTRIES_MAX = 4096; // the library refuses an event long before
const TEXT_BYTES = 64 * 1024;
// The library refuses more. What comes beyond is not written, for it is refused anyway.
const TEXT_BYTES_MAX = 65 * 1024 * 1024;
const SHORT_UNITS = 64; // up to here a loop is faster than a call

const words = new Int32Array(HEAD_WORDS + ENTRY_WORDS * ENTRIES_MAX);
const reals = new Float64Array(words.buffer);
const bigs = new BigInt64Array(words.buffer);

let text = Buffer.allocUnsafeSlow(TEXT_BYTES);
let textSize = 0;

function attach() {
  addon.attach(words.buffer, text.buffer);
}
attach();

function replaceText(room) {
  const before = text;
  text = Buffer.allocUnsafeSlow(room);
  before.copy(text, 0, 0, Math.min(textSize, room));
  attach();
}

function clearText() {
  textSize = 0;
  if (text.length > TEXT_BYTES) replaceText(TEXT_BYTES);
}

function putLongText(added) {
  const most = 3 * added.length;
  if (textSize + most > text.length) {
    if (textSize + most > TEXT_BYTES_MAX) return putHugeText(added);
    replaceText(Math.max(textSize + most, 2 * text.length));
  }
  const size = text.write(added, textSize);
  textSize += size;
  return size;
}

function putHugeText(added) {
  const size = Buffer.byteLength(added);
  const needed = Math.min(textSize + size, TEXT_BYTES_MAX);
  if (needed > text.length) replaceText(needed);
  const written = text.write(added, textSize);
  textSize += written;
  return written;
}

// Appends a text, and returns how many bytes that are.
function putText(added) {
  const units = added.length;
  if (units > SHORT_UNITS || textSize + units > text.length) return putLongText(added);
  let to = textSize;
  for (let i = 0; i < units; ++i) {
    const unit = added.charCodeAt(i);
    if (unit > 0x7f) return putLongText(added);
    text[to++] = unit;
  }
  textSize = to;
  return units;
}

function sizeOfText() {
  return textSize;
}

// For an event that is tracked by a getter, or toJSON(), of another one.
function save() {
  return {words: words.slice(), text: Buffer.from(text.subarray(0, textSize))};
}

function restore(saved) {
  words.set(saved.words);
  textSize = 0;
  if (saved.text.length > text.length) replaceText(saved.text.length);
  saved.text.copy(text);
  textSize = saved.text.length;
}

module.exports = {
  HEAD_WORDS, ENTRY_WORDS, ENTRIES_MAX, words, reals, bigs, putText, sizeOfText, clearText, save,
  restore,
};
