'use strict';

const addon = require('./addon.js');
const {check, failure, invalidArgument} = require('./penstock_error.js');

const OUTCOMES = {__proto__: null, success: 1, failure: 2};

// For client.js, and not of the class that users see.
let startFlow;
let isFlow;
let handleOf;
let starting = false;

class Flow {
  #native;
  #client;
  #tasks;
  #outer;
  #ended = false;

  constructor(client, tasks, process, correlation) {
    if (!starting) throw invalidArgument('a flow is made by client.startFlow()');
    const native = addon.startFlow(client, process, correlation);
    if (typeof native === 'number') throw failure(native);
    this.#native = native;
    this.#client = client;
    this.#tasks = tasks;
    this.#outer = tasks.getStore();
  }

  get correlationId() {
    return Flow.#checked(this).#native.correlationId;
  }

  get ended() {
    return Flow.#checked(this).#ended;
  }

  run(task) {
    if (typeof task !== 'function') throw invalidArgument('a task must be a function');
    return Flow.#checked(this).#tasks.run(this, task, this);
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

    startFlow = (client, tasks, process, correlation) => {
      starting = true;
      try {
        return new Flow(client, tasks, process, correlation);
      } finally {
        starting = false;
      }
    };

    // Its handle, or that of the innermost flow around it that goes on.
    handleOf = (flow) => {
      let at = flow;
      while (at !== undefined && at.#ended) at = at.#outer;
      return at === undefined ? null : at.#native;
    };
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Flow.prototype, Symbol.dispose, {
    value: Flow.prototype.end, configurable: true, writable: true,
  });
}

module.exports = {Flow, startFlow, isFlow, handleOf};
