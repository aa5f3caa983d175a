// The token object: shows everything but the token.
'use strict';

const { inspect } = require('node:util');

/** An access token with what is known of it. Immutable. */
class AccessToken {
  #given;

  constructor(given) {
    this.#given = given;
    Object.freeze(this);
  }

  get value() {
    return this.#given.value;
  }

  get tokenType() {
    return this.#given.tokenType;
  }

  get scope() {
    return this.#given.scope;
  }

  /** A new Date each time, because a Date can be changed. */
  get expiresAt() {
    return new Date(this.#given.expiresAt);
  }

  get authorizationHeader() {
    return this.#given.authorizationHeader;
  }

  toJSON() {
    return { tokenType: this.tokenType, scope: this.scope, expiresAt: this.expiresAt };
  }

  get [Symbol.toStringTag]() {
    return 'AccessToken';
  }

  [inspect.custom](_depth, options) {
    return `AccessToken ${inspect(this.toJSON(), options)}`;
  }
}

module.exports = { AccessToken };
