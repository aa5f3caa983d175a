// What a client does for one caller.
import assert from 'node:assert/strict';
import test from 'node:test';
import { auth, run, startSandbox } from './support/sandbox.mjs';

const { AccessToken, Client, XilnexAuthError } = auth;

test('every face gives the same token', async (t) => {
  const sandbox = await startSandbox(t);
  const client = new Client(sandbox.options);
  const text = await client.getToken();
  const token = await client.accessToken();
  assert.equal(text.split('.').length, 3);
  assert.ok(token instanceof AccessToken);
  assert.equal(token.value, text);
  assert.equal(token.tokenType, 'Bearer');
  assert.equal(token.scope, 'coreapi');
  assert.ok(Math.abs(token.expiresAt.getTime() - Date.now() - 3_600_000) < 60_000);
  assert.equal(token.authorizationHeader, `Bearer ${text}`);
  assert.equal(await client.authorizationHeader(), `Bearer ${text}`);
  assert.equal(client.getTokenSync(), text);
  assert.equal(client.accessTokenSync(), token);
  assert.equal(client.authorizationHeaderSync(), `Bearer ${text}`);
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('a blocking call fetches by itself', async (t) => {
  const sandbox = await startSandbox(t);
  assert.ok(new Client(sandbox.options).getTokenSync());
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('a token cannot be changed', async (t) => {
  const token = new Client((await startSandbox(t)).options).accessTokenSync();
  token.expiresAt.setTime(0);
  assert.ok(token.expiresAt.getTime() > Date.now());
  assert.throws(() => (token.value = 'another'), TypeError);
  assert.throws(() => (token.extra = 1), TypeError);
});

test('the client tells what it works with', async (t) => {
  const { options } = await startSandbox(t);
  const client = new Client(options);
  const { clientId, baseUrl, scope } = client;
  assert.deepEqual(
    { clientId, baseUrl, scope },
    { clientId: options.clientId, baseUrl: options.baseUrl, scope: 'coreapi' },
  );
  assert.equal(new Client({ ...options, scope: undefined }).scope, undefined);
});

test('an address and a file may be URL objects', async (t) => {
  const { options } = await startSandbox(t);
  assert.equal(new Client({ ...options, baseUrl: new URL(options.baseUrl) }).baseUrl, options.baseUrl);
  const missing = { ...options, clientSecret: undefined, clientSecretFile: new URL('file:///missing%20file') };
  assert.throws(() => new Client(missing), { code: 'invalid_config', message: /\/missing file/ });
});

test('invalidate drops the token that was refused, and only that', async (t) => {
  const client = new Client((await startSandbox(t)).options);
  const first = await client.getToken();
  assert.equal(client.invalidate('another'), false);
  assert.equal(await client.getToken(), first);
  assert.equal(client.invalidate(first), true);
  const second = await client.getToken();
  assert.notEqual(second, first);
  assert.equal(client.invalidate(first), false);
  assert.equal(await client.getToken(), second);
  assert.throws(() => client.invalidate(5), TypeError);
});

test('a closed client fails, others of its configuration go on', async (t) => {
  const { options } = await startSandbox(t);
  const [client, other] = [new Client(options), new Client(options)];
  const token = await client.getToken();
  const last = client.getToken();
  client.close();
  assert.equal(await last, token);
  await assert.rejects(client.getToken(), { code: 'closed', isRetryable: false });
  assert.throws(() => client.getTokenSync(), { code: 'closed' });
  assert.equal(await other.getToken(), token);
});

test('closing rejects the calls that wait, and leaves the request under way to others', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '1');
  const [client, other] = [new Client(sandbox.options), new Client(sandbox.options)];
  const { signal } = new AbortController();
  const calls = [client.getToken(), client.getToken({ timeout: 5 }), client.getToken({ signal })];
  const stays = other.getToken();
  const began = performance.now();
  client.close();
  for (const call of calls) await assert.rejects(call, { code: 'closed' });
  assert.ok(performance.now() - began < 500, `${performance.now() - began} ms`);
  assert.ok(await stays);
  assert.equal(await sandbox.tokenRequests(), 1);
  await assert.rejects(client.getToken(), { code: 'closed' });
});

test('disposing closes', async (t) => {
  const { options } = await startSandbox(t);
  const [client, other] = [new Client(options), new Client(options)];
  client[Symbol.dispose]();
  await other[Symbol.asyncDispose]();
  for (const closed of [client, other]) await assert.rejects(closed.getToken(), { code: 'closed' });
});

test('a token that lives too short for a call is replaced', async (t) => {
  const sandbox = await startSandbox(t, '--ttl', '4');
  const client = new Client(sandbox.options);
  const first = await client.getToken();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal(await client.getToken({ minTtl: 1 }), first);
  assert.notEqual(await client.getToken({ minTtl: 3.5 }), first);
});

test('a call waits as long as it says', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '1');
  const client = new Client(sandbox.options);
  await assert.rejects(client.getToken({ timeout: 0.1 }), { code: 'timeout' });
  assert.throws(() => client.getTokenSync({ timeout: 0.1 }), { code: 'timeout' });
  assert.ok(await client.getToken());
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('arguments of a wrong type are a TypeError', async (t) => {
  const client = new Client((await startSandbox(t)).options);
  for (const call of [
    null,
    5,
    'text',
    { minTtl: '5' },
    { minTtl: null },
    { timeout: 5n },
    { signal: {} },
    { minTTL: 5 },
  ]) {
    await assert.rejects(client.getToken(call), TypeError);
    assert.throws(() => client.getTokenSync(call), TypeError);
  }
  for (const options of [null, 'client', 5]) assert.throws(() => new Client(options), TypeError);
});

test('numbers that are no time are refused by name', async (t) => {
  const client = new Client((await startSandbox(t)).options);
  for (const wrong of [-1, NaN, Infinity, 1e300]) {
    await assert.rejects(client.getToken({ minTtl: wrong }), { code: 'invalid_config', message: /minTtl/ });
    await assert.rejects(client.getToken({ timeout: wrong }), { code: 'invalid_config', message: /timeout/ });
  }
});

test('the default client looks at the environment until it succeeds', async (t) => {
  const { environment } = await startSandbox(t);
  const source = `
    const { getToken, getTokenSync } = require('xilnex-auth');
    getToken().catch(async ({ code }) => {
      Object.assign(process.env, ${JSON.stringify(environment)});
      const token = await getToken();
      console.log(code, token === getTokenSync());
    });`;
  assert.equal((await run(source)).stdout, 'invalid_config true\n');
});

test('options lie over the environment', async (t) => {
  const { environment } = await startSandbox(t);
  const source = "console.log(new (require('xilnex-auth').Client)({ clientId: 'etl' }))";
  const { stdout } = await run(source, environment);
  assert.match(stdout, /clientId: 'etl'/);
  assert.match(stdout, /scope: 'coreapi'/);
});

test('errors of all faces are of one class', async (t) => {
  const { options } = await startSandbox(t);
  const client = new Client({ ...options, clientSecret: 'wrong' });
  await assert.rejects(client.getToken(), XilnexAuthError);
  assert.throws(() => client.getTokenSync(), XilnexAuthError);
});
