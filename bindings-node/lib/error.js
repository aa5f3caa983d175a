// The one class of errors.
'use strict';

/** Why no token could be given. Holds no secret and no token. */
class XilnexAuthError extends Error {
  /** `hidden` is the function whose caller the stack is to begin with. */
  constructor(failure, hidden) {
    const { message, ...facts } = failure;
    super(message);
    Object.assign(this, facts);
    if (hidden) Error.captureStackTrace(this, hidden);
  }
}

// As the built-in errors have it: on the prototype, and in no listing of members.
Object.defineProperty(XilnexAuthError.prototype, 'name', {
  value: 'XilnexAuthError',
  configurable: true,
  writable: true,
});

module.exports = { XilnexAuthError };
