// What one call asks for: `{ minTtl, timeout, signal }`.
'use strict';

/** What JavaScript calls the type of a value that is no good. */
function typeName(value) {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  const name = value.constructor?.name;
  return typeof name === 'string' && name ? name : 'object';
}

const CHECKS = {
  minTtl: { wanted: 'a number of seconds', holds: (value) => typeof value === 'number' },
  timeout: { wanted: 'a number of seconds', holds: (value) => typeof value === 'number' },
  signal: {
    wanted: 'an AbortSignal',
    holds: (value) => typeof value?.addEventListener === 'function' && 'aborted' in value,
  },
};

const ANY_TOKEN = Object.freeze({ minTtl: 0, timeout: undefined, signal: undefined });

/** The arguments of a call, of the right types; which numbers make sense, the native part decides. */
function readCall(call) {
  if (call === undefined) return ANY_TOKEN;
  if (call === null || typeof call !== 'object') {
    throw new TypeError(`The argument of a call must be an object, not ${typeName(call)}`);
  }
  for (const [name, value] of Object.entries(call)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (!check) throw new TypeError(`A call takes minTtl, timeout and signal, not ${name}`);
    if (value !== undefined && !check.holds(value)) {
      throw new TypeError(`${name} must be ${check.wanted}, not ${typeName(value)}`);
    }
  }
  const { minTtl = 0, timeout, signal } = call;
  if (signal?.aborted) throw signal.reason;
  return { minTtl, timeout, signal };
}

module.exports = { readCall, typeName };
