// The package: what `require('xilnex-auth')` gives.
'use strict';

const { AccessToken } = require('./access-token.js');
const { Client } = require('./client.js');
const { defaultClient } = require('./default-client.js');
const { XilnexAuthError } = require('./error.js');
const native = require('./native.js');

/** Rejects also where there can be no client, and is not async: that would cost as much again as the token. */
function getToken(call) {
  try {
    return defaultClient().getToken(call);
  } catch (problem) {
    return Promise.reject(problem);
  }
}

function getTokenSync(call) {
  return defaultClient().getTokenSync(call);
}

/** Loaded when it is first called, as authFetch is. */
function onEvent(listener) {
  return require('./events.js').onEvent(listener);
}

/** NODE_DEBUG=xilnex-auth writes every event to stderr. */
if (process.env.NODE_DEBUG) {
  const debug = require('node:util').debuglog('xilnex-auth');
  if (debug.enabled) onEvent(({ message }) => debug('%s', message));
}

/** Loaded when it is first called, so that programs without it do not pay for it. */
function authFetch(client, options) {
  return require('./auth-fetch.js').authFetch(client, options);
}

module.exports = { AccessToken, Client, XilnexAuthError, authFetch, getToken, getTokenSync, onEvent, version: native.version() };
