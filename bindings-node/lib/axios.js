// An axios instance that sends a token along. Names nothing of axios but what an instance has.
'use strict';

const { Bearer, isReplayable, readMembers } = require('./bearer.js');

function installXilnexAuth(instance, options = {}) {
  const { client, origins } = readMembers(options, 'installXilnexAuth', ['client', 'origins']);
  const bearer = new Bearer(client, origins);
  const bare = bareInstance(instance);
  // Under the request as its adapter: what other interceptors make of the request is settled by then, and a request
  // that is sent twice goes through them once.
  instance.interceptors.request.use((config) => {
    const { adapter } = config;
    config.adapter = (settled) => exchange(bearer, bare, { ...settled, adapter });
    return config;
  });
  return instance;
}

/** An instance that adds nothing to the configuration that it is given. */
function bareInstance(instance) {
  const bare = instance.create();
  for (const name of Object.keys(bare.defaults)) delete bare.defaults[name];
  return bare;
}

async function exchange(bearer, bare, config) {
  const signal = config.signal ?? config.cancelToken?.toAbortSignal?.();
  const origin = originOf(bare, config);
  const token = origin && (await bearer.token(origin, signal));
  const first = await send(bare, config, origin, token);
  if (!first.isRefused) return first.outcome;
  const again = { signal, isReplayable: isReplayable(config.data), discard: () => discard(first.response) };
  const next = await bearer.another(token, again);
  return next ? (await send(bare, config, origin, next)).outcome : first.outcome;
}

/** Where the request goes; undefined if it has credentials of its own, or no address that axios could use. */
function originOf(bare, config) {
  if (config.auth || config.headers.has('Authorization')) return undefined;
  const address = bare.getUri(config);
  if (!URL.canParse(address)) return undefined;
  const { origin, username, password } = new URL(address);
  return username || password ? undefined : origin;
}

/** Sends the request once; without a token as it is. The outcome is a promise of what axios makes of the answer. */
async function send(bare, config, origin, token) {
  let isCarried = token !== undefined;
  // What was transformed is not transformed again.
  const round = { ...config, transformRequest: [], transformResponse: [] };
  if (token) {
    round.headers = { ...config.headers, Authorization: token.authorizationHeader };
    round.beforeRedirect = (target, ...details) => {
      isCarried &&= new URL(target.href).origin === origin;
      // Older versions let the header go to subdomains.
      if (!isCarried) dropAuthorization(target.headers);
      config.beforeRedirect?.(target, ...details);
    };
  }
  const outcome = bare.request(round);
  const [response, problem] = await outcome.then(
    (answered) => [answered],
    (failed) => [failed?.response, failed],
  );
  for (const shown of [response, problem]) if (shown?.config) hideToken(shown, config);
  return { response, outcome, isRefused: isCarried && response?.status === 401 };
}

function dropAuthorization(headers) {
  for (const name of Object.keys(headers)) if (/^authorization$/i.test(name)) delete headers[name];
}

/** Responses and errors land in logs, and a request of Node holds the text of its headers. */
function hideToken(shown, config) {
  shown.config = config;
  // A descriptor changes what it names and leaves the rest.
  if (shown.request) Object.defineProperty(shown, 'request', { enumerable: false });
}

function discard({ data }) {
  if (typeof data?.destroy === 'function') data.destroy();
  else if (typeof data?.cancel === 'function') data.cancel().catch(() => {});
}

module.exports = { installXilnexAuth };
