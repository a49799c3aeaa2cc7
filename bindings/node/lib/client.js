'use strict';

const addon = require('./addon.js');
const KINDS = require('./event_kinds.js');
const {startFlow, isFlow, handleOf, currentFlow} = require('./flow.js');
const {record} = require('./pack.js');
const {PenstockError, check, failure, invalidArgument} = require('./penstock_error.js');
const {runScope} = require('./scope.js');

// Places in the addon's tables: src/client.c, src/waiting.c.
const SET_USER = 0;
const SET_SESSION = 1;
const START_SESSION = 2;
const ENTER_PAGE = 3;
const END_SESSION = 0;
const LEAVE_PAGE = 1;
const PAUSE = 2;
const RESUME = 3;
const FLUSH = 0;
const CLOSE = 1;
const SET_CONSENT = 2;
const FORGET = 3;

const CONSENTS = ['unknown', 'granted', 'denied'];
const FLUSH_MS = 10000;
const CLOSE_MS = 2000;

function numberOfConsent(consent) {
  const number = CONSENTS.indexOf(consent);
  if (number < 0) throw invalidArgument('consent must be "unknown", "granted" or "denied"');
  return number;
}

// More than 2^53 is as good as 2^53.
function timeoutOf(timeoutMs, otherwise) {
  if (timeoutMs === undefined || timeoutMs === null) return otherwise;
  if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs)) {
    throw invalidArgument('a timeout must be a number of milliseconds');
  }
  return Math.min(Math.max(timeoutMs, 0), Number.MAX_SAFE_INTEGER);
}

// Of whatever was thrown: anything may be.
function messageOf(thrown) {
  if (typeof thrown === 'string' || thrown === undefined || thrown === null) return thrown;
  try {
    const message = thrown instanceof Error ? thrown.message || thrown.name : thrown;
    return String(message);
  } catch {
    return 'an error that has no text';
  }
}

function checkTask(task) {
  if (typeof task !== 'function') throw invalidArgument('a task must be a function');
}

class Client {
  #native;

  constructor(options) {
    const native = addon.open(options);
    if (typeof native === 'number') throw failure(native);
    this.#native = native;
  }

  static open(options) {
    return new Client(options);
  }

  track(event) {
    if (typeof event !== 'object' || event === null) {
      throw invalidArgument('an event must be an object');
    }
    const kind = KINDS[event.kind];
    if (kind === undefined) throw invalidArgument('kind must be one of the kinds of events');
    Client.#record(this, kind, event.name, event.page, event.record, event);
  }

  trackJson(event) {
    check(addon.trackJson(Client.#nativeOf(this), event));
  }

  activity(activityType, fields) {
    Client.#record(this, KINDS.activity, activityType, fields?.page, undefined, fields);
  }

  sessionStart(fields) {
    Client.#record(this, KINDS.sessionStart, undefined, fields?.page, undefined, fields);
  }

  sessionEnd(fields) {
    Client.#record(this, KINDS.sessionEnd, undefined, fields?.page, undefined, fields);
  }

  pageStart(page, fields) {
    Client.#record(this, KINDS.pageStart, undefined, page, undefined, fields);
  }

  pageEnd(page, fields) {
    Client.#record(this, KINDS.pageEnd, undefined, page, undefined, fields);
  }

  pageView(page, fields) {
    Client.#record(this, KINDS.pageView, undefined, page, undefined, fields);
  }

  click(page, element, fields) {
    Client.#record(this, KINDS.click, element, page, undefined, fields);
  }

  formSubmission(page, form, fields) {
    Client.#record(this, KINDS.formSubmission, form, page, undefined, fields);
  }

  processCompletion(process, fields) {
    Client.#record(this, KINDS.processCompletion, process, fields?.page, undefined, fields);
  }

  error(messageOrError, fields) {
    Client.#record(this, KINDS.error, messageOf(messageOrError), fields?.page, undefined, fields);
  }

  recordApproved(recordId, fields) {
    Client.#record(this, KINDS.recordApproved, undefined, fields?.page, recordId, fields);
  }

  recordDenied(recordId, fields) {
    Client.#record(this, KINDS.recordDenied, undefined, fields?.page, recordId, fields);
  }

  recordReturned(recordId, fields) {
    Client.#record(this, KINDS.recordReturned, undefined, fields?.page, recordId, fields);
  }

  recordChanged(recordId, action, fields) {
    Client.#record(this, KINDS.recordChanged, action, fields?.page, recordId, fields);
  }

  custom(eventType, fields) {
    Client.#record(this, KINDS.custom, eventType, fields?.page, undefined, fields);
  }

  setUser(userId) {
    Client.#callWithText(this, SET_USER, userId);
  }

  setSession(sessionId) {
    Client.#callWithText(this, SET_SESSION, sessionId);
  }

  startSession(sessionId) {
    Client.#callWithText(this, START_SESSION, sessionId);
  }

  endSession() {
    Client.#callPlain(this, END_SESSION);
  }

  runSession(task, sessionId) {
    checkTask(task);
    this.startSession(sessionId);
    return runScope(task, () => this.endSession());
  }

  enterPage(pageId) {
    Client.#callWithText(this, ENTER_PAGE, pageId);
  }

  leavePage() {
    Client.#callPlain(this, LEAVE_PAGE);
  }

  runPage(pageId, task) {
    checkTask(task);
    this.enterPage(pageId);
    return runScope(task, () => this.leavePage());
  }

  pause() {
    Client.#callPlain(this, PAUSE);
  }

  resume() {
    Client.#callPlain(this, RESUME);
  }

  startFlow(process, options) {
    const native = Client.#nativeOf(this);
    return startFlow(native, process, options?.correlation);
  }

  runFlow(process, task, options) {
    checkTask(task);
    const flow = this.startFlow(process, options);
    return runScope(() => flow.run(task), (worked) => {
      try {
        if (!flow.ended) flow.complete(worked ? 'success' : 'failure');
      } finally {
        flow.end();
      }
    });
  }

  get currentFlow() {
    return currentFlow(Client.#nativeOf(this));
  }

  flush(timeoutMs) {
    return Client.#waitElsewhere(this, FLUSH, () => timeoutOf(timeoutMs, FLUSH_MS));
  }

  flushSync(timeoutMs) {
    Client.#waitHere(this, FLUSH, timeoutOf(timeoutMs, FLUSH_MS));
  }

  close(timeoutMs) {
    return Client.#waitElsewhere(this, CLOSE, () => timeoutOf(timeoutMs, CLOSE_MS));
  }

  closeSync(timeoutMs) {
    Client.#waitHere(this, CLOSE, timeoutOf(timeoutMs, CLOSE_MS));
  }

  get consent() {
    return CONSENTS[addon.consent(Client.#nativeOf(this))];
  }

  setConsent(consent) {
    return Client.#waitElsewhere(this, SET_CONSENT, () => numberOfConsent(consent));
  }

  setConsentSync(consent) {
    Client.#waitHere(this, SET_CONSENT, numberOfConsent(consent));
  }

  forget() {
    return Client.#waitElsewhere(this, FORGET, () => 0);
  }

  forgetSync() {
    Client.#waitHere(this, FORGET, 0);
  }

  stats() {
    const stats = addon.stats(Client.#nativeOf(this));
    if (typeof stats === 'number') throw failure(stats);
    return stats;
  }

  ledger() {
    const json = addon.ledger(Client.#nativeOf(this));
    if (typeof json === 'number') throw failure(json);
    return JSON.parse(json);
  }

  static #record(client, kind, name, page, recordId, fields) {
    const native = Client.#nativeOf(client);
    const given = fields?.flow;
    const flow = given === undefined || given === null ? currentFlow(native) : given;
    if (flow === undefined) record(native, null, kind, name, page, recordId, fields);
    else if (isFlow(flow)) record(native, handleOf(flow), kind, name, page, recordId, fields);
    else throw invalidArgument('flow must be a flow');
  }

  static #callWithText(client, place, text) {
    check(addon.callWithText(Client.#nativeOf(client), place, text));
  }

  static #callPlain(client, place) {
    check(addon.callPlain(Client.#nativeOf(client), place));
  }

  static #waitHere(client, what, value) {
    check(addon.wait(Client.#nativeOf(client), what, value));
  }

  static async #waitElsewhere(client, what, valueOf) {
    const outcome = await addon.waitAsync(Client.#nativeOf(client), what, valueOf());
    if (typeof outcome === 'number') throw failure(outcome);
    if (outcome.status === 0) return;
    throw new PenstockError(addon.statusName(outcome.status), outcome.message);
  }

  // For methods that were borrowed: Client.prototype.track.call({}).
  static #nativeOf(client) {
    if (typeof client !== 'object' || client === null || !(#native in client)) {
      throw invalidArgument('not a client');
    }
    return client.#native;
  }
}

if (Symbol.asyncDispose) {
  Object.defineProperty(Client.prototype, Symbol.asyncDispose, {
    value() {
      return this.close();
    },
    configurable: true,
    writable: true,
  });
}

module.exports = {Client};
