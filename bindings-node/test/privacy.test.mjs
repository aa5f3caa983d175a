// What can be printed, copied or serialised holds no secret and no token.
import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { auth, startSandbox } from './support/sandbox.mjs';

const { Client } = auth;

/** Everything that a program might show or send of a value. */
function traces(value) {
  return [
    inspect(value, { depth: Infinity, showHidden: true, getters: true, showProxy: true }),
    inspect({ nested: [value] }, { depth: 5 }),
    JSON.stringify(value),
    String(value),
    JSON.stringify({ ...value }),
    inspect(structuredClone(value)),
    serialize(value).toString('latin1'),
  ].join('\n');
}

test('a client shows what it works with and nothing secret', async (t) => {
  const { options } = await startSandbox(t);
  const client = new Client(options);
  const token = await client.getToken();
  const seen = traces(client);
  assert.ok(seen.includes(options.clientId) && seen.includes(options.baseUrl));
  assert.ok(!seen.includes(options.clientSecret) && !seen.includes(token));
  assert.deepEqual(structuredClone(client), {});
});

test('a token object shows everything but the token', async (t) => {
  const token = await new Client((await startSandbox(t)).options).accessToken();
  const seen = traces(token);
  assert.ok(seen.includes('Bearer') && seen.includes('coreapi'));
  assert.ok(!seen.includes(token.value) && !seen.includes(token.value.split('.')[2]));
});

test('an error shows no secret', async (t) => {
  const { options } = await startSandbox(t);
  const clientSecret = 'canary-secret';
  const error = await new Client({ ...options, clientSecret }).getToken().catch((problem) => problem);
  assert.equal(error.code, 'rejected');
  assert.ok(!(traces(error) + error.stack).includes(clientSecret));
});

test('a secret in the wrong place is not repeated', () => {
  for (const options of [
    { 'canary secret': 'x' },
    { baseUrl: 'https://user:canary@host' },
    { clientSecret: ['canary'] },
  ]) {
    assert.throws(
      () => new Client(options),
      (error) => error.code === 'invalid_config' && !traces(error).includes('canary'),
    );
  }
});

test('nothing native can be taken out of a client', async (t) => {
  const client = new Client((await startSandbox(t)).options);
  assert.deepEqual(Reflect.ownKeys(client), []);
  const { getToken } = client;
  await assert.rejects(getToken(), TypeError);
  assert.throws(() => Client.prototype.close.call({}), TypeError);
});
