// The errors: their kinds, their members and where their stack begins.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { auth, require, root, startSandbox } from './support/sandbox.mjs';
import { startServer } from './support/server.mjs';

const { Client, XilnexAuthError } = auth;
const complete = { clientId: 'etl', clientSecret: 'secret', baseUrl: 'http://127.0.0.1:9' };

test('the codes of the declarations are those of the core', () => {
  const { kinds } = require(require.resolve('xilnex-auth').replace('index.js', 'modules.js'))('./native.js');
  const [, union] = readFileSync(`${root}index.d.ts`, 'utf8').match(/type XilnexAuthErrorCode =([^;]*);/);
  const declared = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  assert.deepEqual(declared, kinds());
});

test('an answer of the server is told in full', async (t) => {
  const { options } = await startSandbox(t);
  const error = await new Client({ ...options, clientSecret: 'wrong' }).getToken().catch((problem) => problem);
  assert.ok(error instanceof XilnexAuthError && error instanceof Error);
  const { name, code, oauthError, httpStatus, attempts, isRetryable, retryAfter } = error;
  assert.deepEqual(
    { name, code, oauthError, httpStatus, attempts, isRetryable, retryAfter },
    {
      name: 'XilnexAuthError',
      code: 'rejected',
      oauthError: 'invalid_client',
      httpStatus: 400,
      attempts: 1,
      isRetryable: false,
      retryAfter: undefined,
    },
  );
  assert.match(error.hint, /check clientId and clientSecret \(XILNEX_CLIENT_ID/);
  assert.match(error.stack, /^XilnexAuthError: /);
});

test('a stack begins at the caller', async (t) => {
  const { options } = await startSandbox(t);
  const client = new Client({ ...options, clientSecret: 'wrong' });
  const first = (error) => error.stack.split('\n').find((line) => line.startsWith('    at '));
  const caught = (call) => {
    try {
      return call();
    } catch (error) {
      return error;
    }
  };
  for (const call of [
    () => client.getTokenSync(),
    () => client.accessTokenSync(),
    () => new Client({ timeout: 'x' }),
  ]) {
    assert.match(first(caught(call)), /errors\.test\.mjs/);
  }
  async function caller() {
    await client.getToken();
  }
  assert.match((await caller().catch((error) => error)).stack, /at async caller .*errors\.test\.mjs/);
});

test('options of a wrong type are told by name', () => {
  for (const [options, told] of [
    [{ clientId: 5 }, /^clientId .* not a number/],
    [{ clientId: null }, /^clientId .* not null/],
    [{ clientId: true }, /^clientId .* not boolean/],
    [{ clientSecret: Buffer.from('x') }, /^clientSecret .* not Buffer/],
    [{ clientSecret: 'a\ud800b' }, /^clientSecret .* lone surrogate/],
    [{ scope: ['coreapi'] }, /scope .* not Array/],
    [{ scope: Object.create(null) }, /scope .* not object/],
    [{ timeout: 5n }, /timeout .* not bigint/],
    [{ timeout: NaN }, /timeout/],
    [{ timeout: '10 s' }, /timeout .*number of seconds/],
    [{ caFile: () => {} }, /^caFile .* not function/],
    [{ clientAuth: 'both' }, /^clientAuth \(XILNEX_CLIENT_AUTH\)/],
    [{ client_id: 'etl' }, /^unknown option "client_id": it is written clientId here$/],
    [{ clientID: 'etl' }, /^unknown option clientID: the options are baseUrl, clientId, /],
    [{ colour: 'red' }, /unknown option colour/],
    [{ __proto__: null, constructor: 'x' }, /unknown option/],
  ]) {
    assert.throws(() => new Client({ ...complete, ...options }), {
      name: 'XilnexAuthError',
      code: 'invalid_config',
      message: told,
    });
  }
});

test('names of options are told as JavaScript writes them, and words of the server as they came', async (t) => {
  const caught = async (call) => call().then(() => assert.fail(), (error) => error);
  const call = await caught(() => new Client(complete).getToken({ minTtl: -1 }));
  assert.match(call.message, /^the argument minTtl /);
  const both = await caught(async () => new Client({ ...complete, clientSecretFile: '/nowhere' }));
  assert.match(both.message, /^clientSecretFile \(XILNEX_CLIENT_SECRET_FILE\) .* clientSecret \(XILNEX_CLIENT_SECRET\)/);
  const body = { error: 'invalid_request', error_description: 'client_id and base_url are fine' };
  const { options } = await startServer(t, { status: 400, body });
  const refused = await caught(() => new Client(options).getToken());
  assert.match(refused.message, /: invalid_request: client_id and base_url are fine$/);
  assert.match(refused.hint, /check baseUrl \(XILNEX_BASE_URL\) and clientAuth$/);
});

test('options of a right type are taken', () => {
  for (const options of [
    {},
    { timeout: 2.5 },
    { timeout: '2.5' },
    { scope: undefined },
    { clientAuth: 'basic', store: 'memory' },
  ]) {
    assert.equal(new Client({ ...complete, ...options }).clientId, 'etl');
  }
});
