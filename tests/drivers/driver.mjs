// The driver of Node: commands from stdin, one line of JSON for each answer.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Client, getToken, onEvent, XilnexAuthError } from 'xilnex-auth';

const options = {};
let client;
let lastError;
const heard = [];

/** The scenarios write options as the option table does. */
const camelCase = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** And so do they expect them in what is told. */
const snakeCased = (text) =>
  text?.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

const describe = (error) => ({
  kind: error.code,
  message: snakeCased(error.message),
  hint: snakeCased(error.hint),
  oauth_error: error.oauthError,
  http_status: error.httpStatus,
  retry_after: error.retryAfter,
  attempts: error.attempts,
  is_retryable: error.isRetryable,
  is_repeated: error.isRepeated,
});

/** The distinct outcomes of calls, sorted. */
function distinct(settled) {
  const tokens = settled.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const errors = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code);
  return { tokens: [...new Set(tokens)].sort(), errors: [...new Set(errors)].sort() };
}

async function concurrent(count) {
  return distinct(await Promise.allSettled(Array.from({ length: count }, () => client.getToken())));
}

async function many(count) {
  const settled = [];
  for (let call = 0; call < count; call += 1) settled.push(...(await Promise.allSettled([client.getToken()])));
  return distinct(settled);
}

/** Closes a client while promises wait for it and one waits for its equal. */
async function closeWhile(count) {
  let ended;
  const calls = Array.from({ length: count }, () => client.getToken().finally(() => (ended = performance.now())));
  const leaving = Promise.allSettled(calls);
  const staying = new Client(options).getToken();
  await sleep(300);
  const closed = performance.now();
  client.close();
  const { errors } = distinct(await leaving);
  const seconds = (ended - closed) / 1000;
  return { tokens: [await staying], errors, seconds };
}

function stats() {
  const { failures, ...told } = client.stats();
  const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const members = Object.entries(told).map(([name, value]) => [snakeCase(name), value]);
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  return { stats: { ...Object.fromEntries(members), failures: failed } };
}

async function accessToken(minTtl) {
  const token = await client.accessToken({ minTtl });
  const left = (token.expiresAt - Date.now()) / 1000;
  return { token: token.value, token_type: token.tokenType, scope: token.scope, expires_in: left };
}

/** Everything that a program might write into its log. */
const shown = (value) => `${inspect(value, { showHidden: true })} ${JSON.stringify(value)} ${String(value)}`;

const commands = {
  sleep: (seconds) => sleep(Number(seconds) * 1000).then(() => ({ ok: true })),
  client: () => {
    client = new Client(options);
    return { ok: true };
  },
  default_token: async () => ({ token: await getToken() }),
  get_token: async () => ({ token: await client.getToken() }),
  authorization_header: async () => ({ header: await client.authorizationHeader() }),
  access_token: (minTtl) => accessToken(Number(minTtl ?? 0)),
  invalidate: (token) => ({ invalidated: client.invalidate(token) }),
  concurrent: (count) => concurrent(Number(count)),
  many: (count) => many(Number(count)),
  close_while: (count) => closeWhile(Number(count)),
  stats,
  listen: () => {
    onEvent(({ name }) => heard.push(name));
    return { ok: true };
  },
  events: () => ({ events: heard }),
  close: () => {
    client.close();
    return { ok: true };
  },
  show: () => ({ shown: `${shown(client)} ${shown(lastError)} ${lastError?.stack}` }),
};

async function answer(name, words) {
  if (!client && !['sleep', 'client', 'default_token', 'listen'].includes(name)) return { error: { kind: 'no_client' } };
  try {
    return await commands[name](...words);
  } catch (error) {
    if (!(error instanceof XilnexAuthError)) throw error;
    lastError = error;
    return { error: describe(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...words] = line.split(' ').map(decodeURIComponent);
  if (name === 'option') options[camelCase(words[0])] = words[1];
  else console.log(JSON.stringify(await answer(name, words)));
}
