// The client that JavaScript programs see: promises, their blocking twins, and nothing secret to look at.
'use strict';

const { AccessToken } = require('./access-token.js');
const { readCall } = require('./call.js');
const { XilnexAuthError } = require('./error.js');
const { Lease, endLeases, reportLeases } = require('./lease.js');
const native = require('./native.js');

/** Seconds that a blocking call stays in the native part at a time, so that Worker.terminate() takes effect. */
const SLICE = 0.05;

/** Gets access tokens and keeps them. Clients of equal configuration share one token, in all threads. */
class Client {
  #native;
  /** The token that the native part gave last; it gives each once. */
  #token;
  /** The promise of its text, for as long as the lease lasts. */
  #text;
  #lease = new Lease((count) => this.#native.servedByLease(count));
  /** The wait that the next call with the same arguments joins. */
  #wait;

  /** `open` makes the native client; a sandbox has one that goes by its time. */
  constructor(options, open = native.open) {
    // Loaded with the first client: who only imports the package pays for neither.
    const { lookUp } = require('./environment.js');
    const { readOptions } = require('./options.js');
    const opened = open(readOptions(options), lookUp());
    if (opened.code) throw new XilnexAuthError(opened, Client);
    this.#native = opened;
  }

  /** One promise for all calls of a lease: making another costs as much as looking at the clocks. */
  getToken(call) {
    const isLeased = call === undefined && this?.#lease.answers();
    return isLeased ? (this.#text ??= Promise.resolve(this.#token.value)) : Client.#textFor(this, call);
  }

  async accessToken(call) {
    return this.#leased(call) ?? tokenOf(await this.#find(call));
  }

  async authorizationHeader(call) {
    return (this.#leased(call) ?? tokenOf(await this.#find(call))).authorizationHeader;
  }

  getTokenSync(call) {
    return (this.#leased(call) ?? tokenOf(this.#findSync(call), this.getTokenSync)).value;
  }

  accessTokenSync(call) {
    return this.#leased(call) ?? tokenOf(this.#findSync(call), this.accessTokenSync);
  }

  authorizationHeaderSync(call) {
    return (this.#leased(call) ?? tokenOf(this.#findSync(call), this.authorizationHeaderSync)).authorizationHeader;
  }

  invalidate(token) {
    const text = token instanceof AccessToken ? token.value : token;
    if (typeof text !== 'string') throw new TypeError('The token to invalidate must be text or an AccessToken');
    endLeases();
    return this.#native.invalidate(text);
  }

  stats() {
    reportLeases();
    const stats = this.#native.stats();
    Object.freeze(stats.failures);
    return Object.freeze(stats);
  }

  close() {
    this.#lease.end();
    this.#native.close();
    this.#token = undefined;
    this.#text = undefined;
    this.#wait = undefined;
  }

  [Symbol.dispose]() {
    this.close();
  }

  async [Symbol.asyncDispose]() {
    this.close();
  }

  get clientId() {
    return this.#native.clientId();
  }

  get baseUrl() {
    return this.#native.baseUrl();
  }

  get scope() {
    return this.#native.scope() ?? undefined;
  }

  toJSON() {
    return { clientId: this.clientId, baseUrl: this.baseUrl, scope: this.scope };
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    return `Client ${inspect(this.toJSON(), options)}`;
  }

  /** Rejects also where there is no client, as in a function that was taken out of one. */
  static async #textFor(client, call) {
    return tokenOf(await client.#find(call)).value;
  }

  /** The token at hand, if this call takes any and the lease lasts. */
  #leased(call) {
    return call === undefined && this.#lease.answers() ? this.#token : undefined;
  }

  /**
   * A token, what went wrong, or a promise of either. Native answers are told apart by their members: test suites load
   * a package more than once, and then no object is an instance of the class of another load.
   */
  #find(call) {
    const { minTtl, timeout, signal } = readCall(call);
    if (this.#wait?.serves(minTtl, timeout)) return this.#wait.join(signal);
    const answer = this.#native.request(minTtl, timeout);
    if (!answer?.ring) return this.#receive(answer);
    // Loaded when the first call has to wait.
    const { Wait } = require('./wait.js');
    this.#wait = new Wait(answer, minTtl, timeout, (ended) => this.#receive(ended));
    return this.#wait.join(signal);
  }

  #findSync(call) {
    const { minTtl, timeout } = readCall(call);
    const answer = this.#native.request(minTtl, timeout);
    if (!answer?.ring) return this.#receive(answer);
    let ended = null;
    while (!ended) ended = answer.wait(SLICE);
    return this.#receive(ended);
  }

  /** In the very turn of an answer, because the native part then takes it that its token is at hand here. */
  #receive(answer) {
    if (answer?.error) return answer.error;
    if (answer) {
      this.#lease.end();
      this.#token = new AccessToken(answer.token);
      this.#text = undefined;
    } else {
      this.#lease.grant(() => this.#native.lease());
    }
    return this.#token;
  }
}

/** Throws what is no token, with a stack that begins at the caller of `hidden`. */
function tokenOf(found, hidden) {
  if (found instanceof AccessToken) return found;
  throw new XilnexAuthError(found, hidden);
}

module.exports = { Client };
