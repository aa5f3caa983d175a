// The sandbox that programs test themselves with.
import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import * as imported from './support/rules.mjs';
import { auth, require, run } from './support/sandbox.mjs';

const { Sandbox, withSandbox } = imported;
const { Client, XilnexAuthError, authFetch, getToken, getTokenSync } = auth;

test('a sandbox tells how to reach it and what it was asked', async () => {
  const sandbox = await Sandbox.start({ clientId: 'etl', clientSecret: 'canary', scope: 'one two' });
  const { baseUrl, dataUrl, clientId, clientSecret, caFile, environment } = sandbox;
  assert.match(baseUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual([dataUrl, clientId, clientSecret, caFile], [`${baseUrl}/data`, 'etl', 'canary', undefined]);
  assert.deepEqual(environment, {
    XILNEX_BASE_URL: baseUrl,
    XILNEX_CLIENT_ID: 'etl',
    XILNEX_CLIENT_SECRET: 'canary',
    XILNEX_SCOPE: 'one two',
  });
  const client = sandbox.client();
  assert.deepEqual([client.clientId, client.scope, client instanceof Client], ['etl', 'one two', true]);
  const token = await client.accessToken();
  assert.equal((await authFetch(client)(dataUrl, { method: 'POST', body: '{"a":1}' })).status, 201);
  assert.deepEqual(await (await authFetch(client)(dataUrl)).json(), { client_id: 'etl', rows: [{ a: 1 }] });

  const seen = (told) => {
    const [first, second, third] = told.requests;
    assert.deepEqual([told.tokenRequests, told.requests.length], [1, 3]);
    assert.deepEqual([first.method, first.path, first.headers.accept], ['POST', '/connect/token', 'application/json']);
    assert.match(Buffer.from(first.body).toString(), /client_id=etl/);
    assert.deepEqual([second.path, String(second.body), third.method], ['/data', '{"a":1}', 'GET']);
    assert.equal(third.headers.authorization, token.authorizationHeader);
  };
  seen(sandbox);
  sandbox.stop();
  sandbox.stop();
  seen(sandbox);
  assert.throws(() => sandbox.client(), XilnexAuthError);
});

test('it shows no secret of its own', async () => {
  using(await Sandbox.start({ clientSecret: 'canary' }), (sandbox) => {
    const all = { depth: 9, showHidden: true, getters: true };
    const seen = inspect(sandbox, all) + JSON.stringify(sandbox) + String(sandbox);
    assert.ok(seen.includes(sandbox.baseUrl) && !seen.includes('canary'), seen);
    assert.deepEqual([Reflect.ownKeys(sandbox), structuredClone(sandbox)], [[], {}]);
  });
});

/** As a block with `using` in it, which Node 20 has not. */
function using(resource, block) {
  block(resource);
  resource[Symbol.dispose]();
}

test('it ends with a block', async () => {
  for (const dispose of [Symbol.dispose, Symbol.asyncDispose]) {
    const sandbox = await Sandbox.start();
    assert.equal((await fetch(sandbox.dataUrl)).status, 401);
    await sandbox[dispose]();
    await assert.rejects(fetch(sandbox.dataUrl));
  }
});

test('it does not keep a process alive', async () => {
  const source = `require('xilnex-auth/testing').Sandbox.start().then((sandbox) =>
    sandbox.client().getToken().then((token) => console.log(token.split('.').length)));`;
  const { status, stdout, seconds } = await run(source);
  assert.deepEqual([status, stdout], [0, '3\n']);
  assert.ok(seconds < 10);
});

test('time is put forward for it and its clients', async (t) => {
  const { sandbox, client } = await imported.startSandbox(t, { ttl: 600 });
  const first = await client.accessToken();
  assert.ok(Math.abs(first.expiresAt - Date.now() - 600_000) < 5000);
  sandbox.advance(300.5);
  assert.equal(await client.getToken(), first.value);
  sandbox.advance(300);
  assert.notEqual(await client.getToken(), first.value);
  assert.equal(sandbox.tokenRequests, 2);
  for (const wrong of [-1, NaN, Infinity]) {
    const told = { name: 'XilnexAuthError', code: 'invalid_config', stack: /testing\.test/ };
    assert.throws(() => sandbox.advance(wrong), told);
  }
  for (const wrong of ['1', undefined, null]) assert.throws(() => sandbox.advance(wrong), TypeError);
  sandbox.stop();
  assert.throws(() => sandbox.advance(1), { code: 'invalid_config', message: /stopped/ });
  assert.throws(() => sandbox.client(), { code: 'invalid_config', message: /stopped/ });
});

test('tokens that are revoked are refused, and those after them are not', async (t) => {
  const { sandbox, client } = await imported.startSandbox(t);
  const api = authFetch(client);
  assert.equal((await api(sandbox.dataUrl)).status, 200);
  sandbox.revokeTokens();
  const headers = { authorization: await client.authorizationHeader() };
  assert.equal((await fetch(sandbox.dataUrl, { headers })).status, 401);
  assert.equal((await api(sandbox.dataUrl)).status, 200);
  assert.equal(sandbox.tokenRequests, 2);
});

test('two sandboxes share no token, nor do two clients of one', async (t) => {
  const [one, two] = [await imported.startSandbox(t), await imported.startSandbox(t)];
  const clients = [one.client, one.sandbox.client(), two.client];
  const tokens = await Promise.all(clients.map((client) => client.getToken()));
  assert.equal(new Set(tokens).size, 3);
  assert.deepEqual([one.sandbox.tokenRequests, two.sandbox.tokenRequests], [2, 1]);
});

test('answers and faults', async (t) => {
  const busy = { status: 429, headers: { 'Retry-After': '60' }, body: { error: 'busy' }, delay: 0.1 };
  const script = [busy, 'normal', 'close'];
  const scripted = await imported.startSandbox(t, { script });
  const error = await scripted.client.getToken().catch((problem) => problem);
  assert.deepEqual([error.code, error.httpStatus, error.retryAfter], ['unavailable', 429, 60]);
  const faulty = await imported.startSandbox(t, { fault: 'refuse', faultAfter: 1 });
  assert.equal((await faulty.client.getToken()).split('.').length, 3);
  await assert.rejects(faulty.sandbox.client().getToken(), XilnexAuthError);
  await assert.rejects(Sandbox.start({ fault: 'unheard-of' }), { message: /^fault names no fault/ });
  const slow = await imported.startSandbox(t, { latency: 5 });
  await assert.rejects(slow.client.getToken({ timeout: 0.2 }), { code: 'timeout' });
});

test('TLS', async (t) => {
  const { sandbox, client } = await imported.startSandbox(t, { tls: true });
  assert.match(sandbox.baseUrl, /^https:/);
  assert.equal(sandbox.environment.XILNEX_CA_FILE, sandbox.caFile);
  assert.equal((await client.getToken()).split('.').length, 3);
  const { baseUrl, clientId, clientSecret } = sandbox;
  const stranger = new Client({ baseUrl, clientId, clientSecret });
  await assert.rejects(stranger.getToken(), { code: 'tls' });
});

test('mistakes are told', async (t) => {
  for (const [options, told] of [
    [{ ttl: -1 }, /^ttl /],
    [{ ttl: NaN }, /^ttl /],
    [{ latency: Infinity }, /^latency /],
    [{ clientId: '' }, /^clientId /],
    [{ faultAfter: 1 }, /^faultAfter and faultTimes need fault/],
    [{ script: ['shout'] }, /^script\[0\]: /],
  ]) {
    await assert.rejects(Sandbox.start(options), { name: 'XilnexAuthError', code: 'invalid_config', message: told });
  }
  for (const wrong of [{ client_id: 'x' }, { tll: 5 }, null, 'x']) await assert.rejects(Sandbox.start(wrong), TypeError);
  const { sandbox } = await imported.startSandbox(t);
  await assert.rejects(Sandbox.start({ port: Number(new URL(sandbox.baseUrl).port) }), { code: 'connect' });
});

test('a test may configure the whole process', async (t) => {
  process.env.XILNEX_CLIENT_SECRET_FILE = '/nowhere';
  process.env.XILNEX_CLIENT_ID = 'outside';
  t.after(() => {
    delete process.env.XILNEX_CLIENT_SECRET_FILE;
    delete process.env.XILNEX_CLIENT_ID;
  });
  let inner;
  await t.test('inside', async (inside) => {
    inner = await withSandbox(inside, { ttl: 600 });
    assert.deepEqual(variables(), inner.environment);
    const first = await getToken();
    inner.advance(601);
    assert.notEqual(getTokenSync(), first);
    assert.equal((await authFetch()(inner.dataUrl)).status, 200);
    assert.equal(inner.tokenRequests, 2);
    assert.equal((await new Client().getToken()).split('.').length, 3);
    await assert.rejects(withSandbox(inside), /one after another/);
  });
  assert.deepEqual(variables(), { XILNEX_CLIENT_SECRET_FILE: '/nowhere', XILNEX_CLIENT_ID: 'outside' });
  await assert.rejects(fetch(inner.dataUrl));
  await assert.rejects(getToken(), { code: 'invalid_config' });
  await t.test('inside another', async (inside) => {
    const another = await withSandbox(inside);
    assert.notEqual(another.baseUrl, inner.baseUrl);
    await getToken();
    assert.equal(another.tokenRequests, 1);
  });
  await assert.rejects(withSandbox(undefined), TypeError);
});

test('one that cannot be started leaves the process as it was', async (t) => {
  const before = variables();
  await assert.rejects(withSandbox(t, { ttl: -1 }), { code: 'invalid_config' });
  assert.deepEqual(variables(), before);
  await t.test('inside', async (inside) => void (await withSandbox(inside)));
});

function variables() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('XILNEX_')));
}

test('import and require give the same objects, beside those of the package', async () => {
  const source = `
    const required = ['testing', 'undici', 'axios'].map((name) => require('xilnex-auth/' + name));
    Promise.all(['testing', 'undici', 'axios'].map((name) => import('xilnex-auth/' + name))).then(async (imported) => {
      const isSame = (module, index) => Object.keys(module).every((name) => module[name] === imported[index][name]);
      console.log(required.every(isSame), required.map((module) => Object.keys(module).join()).join(' '));
      const { Client, getToken } = await import('xilnex-auth');
      const test = { after: (end) => (test.end = end) };
      const sandbox = await imported[0].withSandbox(test);
      await getToken();
      console.log(sandbox.client() instanceof Client, sandbox.tokenRequests);
      test.end();
    });`;
  const { stdout } = await run(source);
  assert.equal(stdout, 'true Sandbox,withSandbox xilnexAuth installXilnexAuth\ntrue 1\n');
});

test('who does not call authFetch or a subpath does not load them', async () => {
  const source = `
    require('xilnex-auth');
    console.log(Object.keys(require.cache).filter((path) => /fetch|bearer|undici|axios|testing|seldom/.test(path)).length);`;
  assert.equal((await run(source)).stdout, '0\n');
});
