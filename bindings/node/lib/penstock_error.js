'use strict';

const addon = require('./addon.js');

const INVALID_EVENT = 2;
const INVALID_ARGUMENT = 13;

class PenstockError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
Object.defineProperty(PenstockError.prototype, 'name', {value: 'PenstockError'});

// Of a status that is not 0, behind the call that has returned it.
function failure(status) {
  return new PenstockError(addon.statusName(status), addon.message());
}

function check(status) {
  if (status !== 0) throw failure(status);
}

function invalidArgument(message) {
  return new PenstockError(addon.statusName(INVALID_ARGUMENT), message);
}

function invalidEvent(message) {
  return new PenstockError(addon.statusName(INVALID_EVENT), message);
}

module.exports = {PenstockError, failure, check, invalidArgument, invalidEvent};
