// The package: what `require('xilnex-auth')` gives.
'use strict';

const { AccessToken } = require('./access-token.js');
const { Client } = require('./client.js');
const { XilnexAuthError } = require('./error.js');
const { onEvent } = require('./events.js');
const { version } = require('./package.json');

let client;

/** Made when first asked for; a failure is not remembered, so the next call looks at the environment again. */
function defaultClient() {
  return (client ??= new Client());
}

async function getToken(call) {
  return defaultClient().getToken(call);
}

function getTokenSync(call) {
  return defaultClient().getTokenSync(call);
}

module.exports = { AccessToken, Client, XilnexAuthError, getToken, getTokenSync, onEvent, version };
