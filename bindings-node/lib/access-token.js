// The token object: shows everything but the token.
'use strict';

/** An access token with what is known of it. Immutable. Its text is JavaScript's only once it was asked for. */
class AccessToken {
  #native;
  #value;
  #authorizationHeader;

  constructor(native) {
    this.#native = native;
    Object.freeze(this);
  }

  get value() {
    return (this.#value ??= this.#native.value());
  }

  get tokenType() {
    return this.#native.tokenType();
  }

  get scope() {
    return this.#native.scope() ?? undefined;
  }

  /** A new Date each time, because a Date can be changed. */
  get expiresAt() {
    return new Date(this.#native.expiresAt());
  }

  get authorizationHeader() {
    return (this.#authorizationHeader ??= this.#native.authorizationHeader());
  }

  toJSON() {
    return { tokenType: this.tokenType, scope: this.scope, expiresAt: this.expiresAt };
  }

  get [Symbol.toStringTag]() {
    return 'AccessToken';
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    return `AccessToken ${inspect(this.toJSON(), options)}`;
  }
}

module.exports = { AccessToken };
