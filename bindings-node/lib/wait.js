// Waiting for token requests without a thread: one bell for all of them, and for each a timer.
'use strict';

const { defaultMaxListeners, getMaxListeners, setMaxListeners } = require('node:events');
const { awake, clearTimeout, setTimeout } = require('./clocks.js');
const native = require('./native.js');

/** The longest time that a timer of Node takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Milliseconds for which calls with equal arguments share one wait, and with it one deadline; of a short one no more than
 * this part, so that nobody loses time that counts.
 */
const SHARED = 50;
const SHARED_PART = 0.01;

/** More calls than one signal ends; zero, which Node takes for no limit, cannot be read again. */
const MANY = 1e9;

const waits = new Set();
let bell;

/** The one signal of a shutdown may end any number of calls: that is no leak to warn of. */
function expectMany(signal) {
  const isNative = signal instanceof AbortSignal;
  if (isNative && getMaxListeners(signal) === defaultMaxListeners) setMaxListeners(MANY, signal);
}

function look() {
  for (const wait of waits) wait.look();
}

/** A wait for one native request, for any number of callers. The process stays alive for it while one is left. */
class Wait {
  #pending;
  #minTtl;
  #timeout;
  #receive;
  #begun = awake();
  #sharedFor;
  #callers = 0;
  #ended;
  #settle;
  #timer;

  /** `receive` makes of the native answer what the callers get. */
  constructor(pending, minTtl, timeout, receive) {
    this.#pending = pending;
    this.#minTtl = minTtl;
    this.#timeout = timeout;
    this.#receive = receive;
    this.#ended = new Promise((resolve) => (this.#settle = resolve));
    this.#sharedFor = Math.min(SHARED, pending.left() * 1000 * SHARED_PART);
    waits.add(this);
    this.#arm();
    pending.ring((bell ??= new native.Bell(look)));
  }

  /** Whether a call with these arguments, made now, would wait for the same thing and as long. */
  serves(minTtl, timeout) {
    const isEqual = this.#minTtl === minTtl && this.#timeout === timeout;
    return isEqual && waits.has(this) && awake() - this.#begun < this.#sharedFor;
  }

  /** What the request ends with; rejects only with the reason of this caller's signal. */
  join(signal) {
    this.#callers += 1;
    if (!signal) return this.#ended;
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#leave();
        reject(signal.reason);
      };
      expectMany(signal);
      signal.addEventListener('abort', abort, { once: true });
      this.#ended.then((answer) => {
        signal.removeEventListener('abort', abort);
        resolve(answer);
      });
    });
  }

  /** Looks whether there is an answer, or no time left to wait for one. */
  look() {
    const answer = this.#pending.wait(0);
    if (!answer) return;
    this.#end();
    this.#settle(this.#receive(answer));
  }

  /** Until there is something to decide: near the end of a token that may be before the deadline, and again then. */
  #arm() {
    const left = Math.min(Math.ceil(this.#pending.left() * 1000), LONGEST);
    this.#timer = setTimeout(() => {
      this.look();
      if (waits.has(this)) this.#arm();
    }, left);
  }

  /** The request goes on for others; without a caller nobody here has to hear of it. */
  #leave() {
    this.#callers -= 1;
    if (this.#callers === 0) this.#end();
  }

  #end() {
    waits.delete(this);
    clearTimeout(this.#timer);
  }
}

module.exports = { Wait };
