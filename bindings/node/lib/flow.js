'use strict';

const {AsyncLocalStorage} = require('node:async_hooks');
const addon = require('./addon.js');
const {check, failure, invalidArgument} = require('./penstock_error.js');

const OUTCOMES = {__proto__: null, success: 1, failure: 2};

// The innermost flow of a task, whichever client's it is.
const innermost = new AsyncLocalStorage();

// For client.js, and not of the class that users see.
let startFlow;
let isFlow;
let handleOf;
let currentFlow;
let starting = false;

class Flow {
  #native;
  #client;
  #outer;
  #ended = false;

  constructor(client, process, correlation) {
    if (!starting) throw invalidArgument('a flow is made by client.startFlow()');
    const native = addon.startFlow(client, process, correlation);
    if (typeof native === 'number') throw failure(native);
    this.#native = native;
    this.#client = client;
    this.#outer = innermost.getStore();
  }

  get correlationId() {
    return Flow.#checked(this).#native.correlationId;
  }

  get ended() {
    return Flow.#checked(this).#ended;
  }

  run(task) {
    if (typeof task !== 'function') throw invalidArgument('a task must be a function');
    return innermost.run(Flow.#checked(this), task, this);
  }

  complete(outcome) {
    const flow = Flow.#checked(this);
    const number = OUTCOMES[outcome ?? 'success'];
    if (number === undefined) throw invalidArgument('outcome must be "success" or "failure"');
    check(addon.completeFlow(flow.#client, flow.#native, number));
    flow.end();
  }

  end() {
    const flow = Flow.#checked(this);
    if (flow.#ended) return;
    flow.#ended = true;
    addon.endFlow(flow.#native);
  }

  static #checked(flow) {
    if (!isFlow(flow)) throw invalidArgument('not a flow');
    return flow;
  }

  static {
    isFlow = (value) => typeof value === 'object' && value !== null && #native in value;

    startFlow = (client, process, correlation) => {
      starting = true;
      try {
        return new Flow(client, process, correlation);
      } finally {
        starting = false;
      }
    };

    const goingOn = (flow, client) => {
      let at = flow;
      while (at !== undefined && (at.#ended || at.#client !== client)) at = at.#outer;
      return at;
    };

    // The innermost one of the client that goes on.
    currentFlow = (client) => goingOn(innermost.getStore(), client);

    // Of the flow, or of the innermost one around it that goes on.
    handleOf = (flow) => goingOn(flow, flow.#client)?.#native ?? null;
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Flow.prototype, Symbol.dispose, {
    value: Flow.prototype.end, configurable: true, writable: true,
  });
}

module.exports = {Flow, startFlow, isFlow, handleOf, currentFlow};
