// The client of the process: from the environment, made when it is first asked for.
'use strict';

const { Client } = require('./client.js');

let client;

/** A failure is not remembered, so the next call looks at the environment again. */
function defaultClient() {
  return (client ??= new Client());
}

/** Puts another one in its place, or none, and gives what was there. */
function replaceDefaultClient(next) {
  const before = client;
  client = next;
  return before;
}

module.exports = { defaultClient, replaceDefaultClient };
