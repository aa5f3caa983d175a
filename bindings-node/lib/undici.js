// An interceptor of undici that sends a token along. Names nothing of undici.
'use strict';

// Taken once, so that the fake clocks of test suites do not stop a request.
const { setTimeout } = require('node:timers');
const { Bearer, isReplayable, readMembers } = require('./bearer.js');

/** Bytes of a refused answer that are read to keep the connection; one that is longer costs the connection. */
const MOST_DISCARDED = 64 * 1024;

function xilnexAuth(options = {}) {
  const { client, origins } = readMembers(options, 'xilnexAuth', ['client', 'origins']);
  const bearer = new Bearer(client, origins);
  return (dispatch) => (request, handler) => {
    const exchange = readRequest(request);
    if (!exchange) return dispatch(request, handler);
    begin({ ...exchange, bearer, dispatch, handler });
    // How busy the connections are is not known before there is a token.
    return true;
  };
}

/**
 * What is to be sent, read once, so that what was looked at is what is sent. Undefined for what has an Authorization of
 * its own, and for what only the dispatcher knows the origin of.
 */
function readRequest(request) {
  const address = String(request.origin ?? '');
  const headers = flat(request.headers);
  const hasOwn = headers.some((name, index) => index % 2 === 0 && /^authorization$/i.test(name));
  if (hasOwn || !URL.canParse(address)) return undefined;
  // An emitter in place of a signal ends the request, but not the wait for its token.
  const signal = typeof request.signal?.addEventListener === 'function' ? request.signal : undefined;
  const settled = { ...request };
  const withToken = (token) => ({ ...settled, headers: [...headers, 'authorization', token.authorizationHeader] });
  return { origin: new URL(address).origin, request: settled, signal, withToken };
}

/** Names and values in turn; undici takes pairs and the members of an object as well. */
function flat(headers) {
  if (!headers) return [];
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return headers;
  return (typeof headers[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers)).flat();
}

async function begin(exchange) {
  const { bearer, dispatch, handler, origin, request, signal, withToken } = exchange;
  try {
    const token = await bearer.token(origin, signal);
    if (token) dispatch(withToken(token), new FirstAnswer(exchange, token));
    else dispatch(request, handler);
  } catch (problem) {
    handler.onResponseError?.(null, problem);
  }
}

/** Passes the answer on to the caller's handler, unless it is a 401 after which the request is sent again. */
class FirstAnswer {
  #exchange;
  #handler;
  #token;
  #history;
  /** Whether the caller's handler has heard the end. */
  #hasEnded = false;
  /** What is done once the rest of a refused answer is gone. */
  #afterwards;
  #discarded = 0;

  constructor(exchange, token) {
    this.#exchange = exchange;
    this.#handler = exchange.handler;
    this.#token = token;
  }

  onRequestStart(controller, context) {
    this.#history = context?.history;
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...told) {
    this.#handler.onRequestUpgrade?.(...told);
  }

  onResponseStart(controller, status, ...told) {
    const pass = () => this.#handler.onResponseStart?.(controller, status, ...told);
    if (status !== 401 || this.#hasLeft()) pass();
    else this.#renew(controller, pass);
  }

  onResponseData(controller, chunk) {
    if (!this.#afterwards) return this.#handler.onResponseData?.(controller, chunk);
    this.#discarded += chunk.length;
    if (this.#discarded > MOST_DISCARDED) controller.abort(new Error('the rest of the answer is not needed'));
  }

  onResponseEnd(controller, trailers) {
    this.#end(() => this.#handler.onResponseEnd?.(controller, trailers));
  }

  onResponseError(controller, problem) {
    this.#end(() => this.#handler.onResponseError?.(controller, problem));
  }

  #end(tell) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // By then the connection is free for the next request.
    if (this.#afterwards) setTimeout(this.#afterwards);
    else tell();
  }

  /** The answer waits until it is known whether there is another token. */
  async #renew(controller, pass) {
    const { bearer, dispatch, handler, request, signal, withToken } = this.#exchange;
    // The rest is read and forgotten afterwards.
    const again = { signal, isReplayable: isReplayable(request.body), discard: () => {} };
    controller.pause();
    try {
      const next = await bearer.another(this.#token, again);
      if (next) this.#afterwards = () => dispatch(withToken(next), handler);
      else if (!this.#hasEnded) pass();
    } catch (problem) {
      this.#afterwards = () => handler.onResponseError?.(null, problem);
    }
    controller.resume();
  }

  /** Whether a redirect that another interceptor followed left the origin, where it leaves Authorization behind. */
  #hasLeft() {
    return this.#history?.some((address) => new URL(address).origin !== this.#exchange.origin) ?? false;
  }
}

module.exports = { xilnexAuth };
