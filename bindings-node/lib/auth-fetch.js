// A fetch function that sends a token along.
'use strict';

const { Bearer, isReplayable, readMembers } = require('./bearer.js');
const { typeName } = require('./call.js');

function authFetch(client, options = {}) {
  const { origins, fetch } = readMembers(options, 'authFetch', ['origins', 'fetch']);
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw new TypeError(`fetch must be a function, not ${typeName(fetch)}`);
  }
  const bearer = new Bearer(client, origins);
  return async (input, init) => {
    const send = fetch ?? globalThis.fetch;
    const request = readRequest(input, init);
    const token = request && (await bearer.token(request.origin, request.signal));
    if (!token) return send(input, init);
    const first = await send(request.target, request.init(token));
    if (first.status !== 401 || hasLeft(first, request.origin)) return first;
    const { signal, isReplayable } = request;
    const next = await bearer.another(token, { signal, isReplayable, discard: () => discard(first) });
    return next ? send(request.target, request.init(next)) : first;
  };
}

/**
 * What is to be sent, read once, so that what was looked at is what is sent. Undefined for what has an Authorization of
 * its own, and for what only fetch can tell the fault of.
 */
function readRequest(input, init) {
  const given = isRequest(input) ? input : undefined;
  const target = given ?? String(input);
  const address = given ? given.url : target;
  if (!URL.canParse(address)) return undefined;
  const members = membersOf(init);
  const headers = new Headers(members.headers ?? given?.headers);
  if (headers.has('authorization')) return undefined;
  return {
    target,
    origin: new URL(address).origin,
    signal: (members.signal === undefined ? given?.signal : members.signal) ?? undefined,
    // Whether the body of a Request is a stream, nobody can tell.
    isReplayable: members.body === undefined ? !given?.body : isReplayable(members.body),
    init(token) {
      headers.set('authorization', token.authorizationHeader);
      return { ...members, headers };
    },
  };
}

/** By its members, because there are several classes of it. */
function isRequest(input) {
  return typeof input?.url === 'string' && typeof input.clone === 'function';
}

/** Inherited ones too: a Request may stand in place of the options. */
function membersOf(init) {
  const members = {};
  for (const name in init) members[name] = init[name];
  return members;
}

/** Whether the answer is of another origin, where fetch leaves Authorization behind when it follows a redirect. */
function hasLeft(response, origin) {
  return response.redirected && new URL(response.url).origin !== origin;
}

async function discard(response) {
  // A body that is broken is as good as thrown away.
  await response.body?.cancel().catch(() => {});
}

module.exports = { authFetch };
