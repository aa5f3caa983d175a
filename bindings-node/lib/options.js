// The options of a client, sorted by what JavaScript calls their types; what is right, the native part decides.
'use strict';

const { fileURLToPath } = require('node:url');
const { typeName } = require('./call.js');

function given(name, value) {
  const plain = value instanceof URL ? (value.protocol === 'file:' ? fileURLToPath(value) : value.href) : value;
  if (typeof plain === 'number') return { name, number: plain, typeName: 'number' };
  if (typeof plain !== 'string') return { name, typeName: typeName(plain) };
  // A lone surrogate would be replaced on its way and make another secret of a secret.
  return plain.isWellFormed()
    ? { name, text: plain, typeName: 'string' }
    : { name, typeName: 'text with a lone surrogate' };
}

/** The options that were given; undefined stands for one that was not. */
function readOptions(options = {}) {
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`The options of a client must be an object, not ${typeName(options)}`);
  }
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return entries.map(([name, value]) => given(name, value));
}

module.exports = { readOptions };
