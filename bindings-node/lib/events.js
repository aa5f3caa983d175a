// What happens to the tokens of the process, told to the listeners of this thread.
'use strict';

const { nextTick } = require('./clocks.js');
const { XilnexAuthError } = require('./error.js');
const native = require('./native.js');
const { typeName } = require('./call.js');

/** One entry for each subscription, so that the same function may listen twice. */
const subscriptions = new Set();
let bell;
let events;

function onEvent(listener) {
  if (typeof listener !== 'function') {
    throw new TypeError(`A listener must be a function, not ${typeName(listener)}`);
  }
  const subscription = { listener };
  subscriptions.add(subscription);
  if (!events) begin();
  const end = () => {
    if (subscriptions.delete(subscription) && subscriptions.size === 0) cease();
  };
  end[Symbol.dispose] = end;
  return end;
}

function begin() {
  events = new native.Events((bell ??= new native.Bell(drain)));
  // The bell is not heard any more once the process ends.
  process.on('exit', drain);
}

function cease() {
  process.off('exit', drain);
  events.end();
  events = undefined;
}

function drain() {
  for (const happened of events?.take() ?? []) {
    for (const subscription of [...subscriptions]) {
      if (subscriptions.has(subscription)) tell(subscription.listener, eventOf(happened));
    }
  }
}

/** A new one for each listener, because its date and its error can be changed. */
function eventOf({ name, at, error, ...facts }) {
  const event = { name, at: new Date(at), ...facts };
  if (error) event.error = new XilnexAuthError(error);
  return Object.freeze(event);
}

/** What a listener throws is an uncaught exception and takes nothing from the others. */
function tell(listener, event) {
  try {
    listener(event);
  } catch (problem) {
    nextTick(() => {
      throw problem;
    });
  }
}

module.exports = { onEvent };
