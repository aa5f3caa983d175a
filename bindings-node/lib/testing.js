// For tests of programs: an authorization server in the process, whose time a test puts forward.
'use strict';

const { Client } = require('./client.js');
const { replaceDefaultClient } = require('./default-client.js');
const { XilnexAuthError } = require('./error.js');
const { endLeases } = require('./lease.js');
const { Time } = require('./native.js');
const { startSandbox } = require('./native-sandbox.js');
const { typeName } = require('./call.js');

/** What the native part calls an option of a sandbox. */
const OPTIONS = {
  clientId: 'client_id',
  clientSecret: 'client_secret',
  scope: 'scope',
  ttl: 'ttl',
  latency: 'latency',
  tls: 'tls',
  port: 'port',
  script: 'script',
  fault: 'fault',
  faultAfter: 'fault_after',
  faultTimes: 'fault_times',
};

/** An authorization server on this machine. It ends with `stop`, with a `using` block, or with the process. */
class Sandbox {
  #native;
  /** The time of its clients, which are in the other native part. */
  #time = new Time();
  #environment;
  /** What was seen until it ended. */
  #last;

  static async start(options) {
    const started = startSandbox(readOptions(options));
    if (started.code) throw new XilnexAuthError(started);
    return new Sandbox(started);
  }

  constructor(started) {
    this.#native = started;
    this.#environment = Object.fromEntries(started.environment().map(({ name, value }) => [name, value]));
  }

  get baseUrl() {
    return this.#environment.XILNEX_BASE_URL;
  }

  get dataUrl() {
    return `${this.baseUrl}/data`;
  }

  get clientId() {
    return this.#environment.XILNEX_CLIENT_ID;
  }

  get clientSecret() {
    return this.#environment.XILNEX_CLIENT_SECRET;
  }

  get caFile() {
    return this.#environment.XILNEX_CA_FILE;
  }

  get environment() {
    return { ...this.#environment };
  }

  get tokenRequests() {
    return this.#last?.tokenRequests ?? this.#native.tokenRequests();
  }

  get requests() {
    return this.#last?.requests ?? this.#native.requests().map(requestOf);
  }

  client(options) {
    const lookUp = (name) => this.#environment[name];
    return new Client(options, (given) => this.#native.stopped() ?? this.#time.open(given, lookUp));
  }

  advance(seconds) {
    if (typeof seconds !== 'number') throw new TypeError(`seconds must be a number, not ${typeName(seconds)}`);
    endLeases();
    const failure = this.#native.advance(seconds) ?? this.#time.advance(seconds);
    if (failure) throw new XilnexAuthError(failure, this.advance);
  }

  revokeTokens() {
    this.#native.revokeTokens();
  }

  stop() {
    this.#last ??= { tokenRequests: this.tokenRequests, requests: this.requests };
    this.#native.stop();
  }

  [Symbol.dispose]() {
    this.stop();
  }

  async [Symbol.asyncDispose]() {
    this.stop();
  }

  toJSON() {
    return { baseUrl: this.baseUrl, clientId: this.clientId, tokenRequests: this.tokenRequests };
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    return `Sandbox ${inspect(this.toJSON(), options)}`;
  }
}

function readOptions(options = {}) {
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`The options of a sandbox must be an object, not ${typeName(options)}`);
  }
  const entries = Object.entries(options).map(([name, value]) => {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new TypeError(`A sandbox takes ${Object.keys(OPTIONS).join(', ')}, not ${name}`);
    }
    return [OPTIONS[name], value];
  });
  // JSON has no infinity and makes null of it, which would stand for an option that was not given.
  const told = (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
  return JSON.stringify(Object.fromEntries(entries), told);
}

/** Names of headers in lower case, as Node has them; one that occurs twice has its values joined. */
function requestOf({ method, path, headers, body }) {
  const joined = new Headers(headers.map(({ name, value }) => [name, value]));
  return { method, path, headers: Object.fromEntries(joined), body };
}

let isInPlace = false;

/** The names of variables that configure a client. */
const variables = () => Object.keys(process.env).filter((name) => name.startsWith('XILNEX_'));

async function withSandbox(test, options) {
  if (typeof test?.after !== 'function') {
    throw new TypeError(`withSandbox takes the context of a test of node:test first, not ${typeName(test)}`);
  }
  if (isInPlace) throw new Error('A sandbox is in place in this process: tests that have one run one after another');
  const sandbox = await Sandbox.start(options);
  const before = variables().map((name) => [name, process.env[name]]);
  isInPlace = true;
  configure(Object.entries(sandbox.environment));
  const client = sandbox.client();
  const clientBefore = replaceDefaultClient(client);
  test.after(() => {
    replaceDefaultClient(clientBefore);
    client.close();
    configure(before);
    sandbox.stop();
    isInPlace = false;
  });
  return sandbox;
}

function configure(environment) {
  for (const name of variables()) delete process.env[name];
  Object.assign(process.env, Object.fromEntries(environment));
}

module.exports = { Sandbox, withSandbox };
