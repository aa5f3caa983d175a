// The rule for resource servers: which request carries a token, and what a 401 to it means (RFC 6750).
'use strict';

const { defaultClient } = require('./default-client.js');
const { XilnexAuthError } = require('./error.js');
const native = require('./native.js');
const { typeName } = require('./call.js');

/** Gives the requests of one fetch function or interceptor their tokens. */
class Bearer {
  #client;
  #origins;

  /** Without a client it is that of the process, asked for with each request. */
  constructor(client, origins) {
    if (client !== undefined && !isClient(client)) {
      throw new TypeError(`The client must be a Client, not ${typeName(client)}`);
    }
    const opened = native.origins(readOrigins(origins));
    if (opened.code) throw new XilnexAuthError(opened, Bearer);
    this.#client = client;
    this.#origins = opened;
  }

  /** The token for a request to this origin; none if it may have none. */
  async token(origin, signal) {
    return this.#origins.admit(origin) ? this.#theClient.accessToken({ signal }) : undefined;
  }

  /**
   * Another token after a 401, to send the request again with; none if the answer stands. `discard` throws the answer away,
   * so that its connection is free.
   */
  async another(refused, { signal, isReplayable, discard }) {
    this.#theClient.invalidate(refused);
    if (!isReplayable) return undefined;
    let stands = false;
    try {
      const token = await this.#theClient.accessToken({ signal });
      stands = token.value === refused.value;
      return stands ? undefined : token;
    } finally {
      if (!stands) await discard();
    }
  }

  get #theClient() {
    return this.#client ?? defaultClient();
  }
}

/** By its members: test suites load a package more than once. */
function isClient(value) {
  return typeof value?.accessToken === 'function' && typeof value.invalidate === 'function';
}

function readOrigins(origins = []) {
  const isList = Array.isArray(origins) && origins.every((one) => typeof one === 'string' || one instanceof URL);
  if (!isList) throw new TypeError('origins must be an array of strings such as https://api.example.com');
  return origins.map(String);
}

/** A misspelt `origins` would let a token go where it was not meant to. */
function readMembers(options, of, names) {
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`The options of ${of} must be an object, not ${typeName(options)}`);
  }
  const other = Object.keys(options).find((name) => !names.includes(name));
  if (other !== undefined) throw new TypeError(`${of} takes ${names.join(' and ')}, not ${other}`);
  return options;
}

/** Whether a body can be sent once more as it is; nothing is kept to make it so. */
function isReplayable(body) {
  if (body === undefined || body === null || typeof body === 'string') return true;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return true;
  // By their tags, because there are several classes of them; a form that is a stream has the tag too.
  return ['Blob', 'File', 'FormData', 'URLSearchParams'].includes(body[Symbol.toStringTag]) && !body.pipe;
}

module.exports = { Bearer, isReplayable, readMembers };
