// What can be printed, copied or serialised holds no secret and no token.
import assert from 'node:assert/strict';
import test from 'node:test';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { auth, run, startSandbox } from './support/sandbox.mjs';

const { Client } = auth;

/** With what URLs, JSON and shells have to escape. */
const SECRET = 'canary "5%/+&é<\'\\ secret';

/** A text as it is, and as URLs, forms, JSON, Base64 and dumps of bytes write it. */
function spellings(text) {
  const bytes = Buffer.from(text);
  // What neighbours decide is left out on both sides.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift ? 4 : 0, -4)
      .replaceAll('=', ''),
  );
  const forms = [encodeURIComponent(text), encodeURIComponent(text).replaceAll('%20', '+')];
  const shown = [JSON.stringify(text).slice(1, -1), inspect(text).slice(1, -1), bytes.toString('latin1')];
  return [text, ...forms, ...shown, bytes.toString('hex'), ...base64];
}

function assertClean(seen, ...texts) {
  for (const spelling of texts.flatMap(spellings)) assert.ok(!seen.includes(spelling), `${spelling} in ${seen}`);
}

/** Everything that a program might show or send of a value. */
function traces(value) {
  return [
    inspect(value, { depth: Infinity, showHidden: true, getters: true, showProxy: true }),
    inspect({ nested: [value] }, { depth: 5 }),
    JSON.stringify(value),
    String(value),
    format('%s %o %O %j', value, value, value, value),
    format(new Error('outer', { cause: value })),
    JSON.stringify({ ...value }),
    inspect(Object.getOwnPropertyDescriptors(value), { depth: Infinity, showHidden: true }),
    JSON.stringify(value, [...Object.getOwnPropertyNames(value), 'cause', 'stack', 'message']),
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
  assertClean(seen, options.clientSecret, token);
  assert.deepEqual(structuredClone(client), {});
});

test('a token object shows everything but the token', async (t) => {
  const token = await new Client((await startSandbox(t)).options).accessToken();
  const seen = traces(token);
  assert.ok(seen.includes('Bearer') && seen.includes('coreapi'));
  assertClean(seen, token.value, token.value.split('.')[2]);
});

test('an error shows no secret', async (t) => {
  const { options } = await startSandbox(t);
  const error = await new Client({ ...options, clientSecret: SECRET }).getToken().catch((problem) => problem);
  assert.equal(error.code, 'rejected');
  assertClean(traces(error) + error.stack, SECRET);
});

test('the most talkative settings of Node and Rust tell neither secret nor token', async (t) => {
  const { environment } = await startSandbox(t);
  const source = `
    const { Client, onEvent } = require('xilnex-auth');
    onEvent((told) => console.log(told));
    (async () => {
      const client = new Client();
      const token = await client.accessToken();
      client.invalidate(token);
      console.log(client, token, await client.accessToken(), client.stats());
      await new Client({ clientSecret: 'canary-secret' }).getToken().catch((problem) => {
        console.log(problem, new Error('outer', { cause: problem }));
        console.dir(new AggregateError([problem]), { depth: null, showHidden: true });
      });
      // After the last event, which may be told as late as the end of the process.
      process.on('exit', () => require('node:fs').writeSync(1, 'THE TOKEN ' + token.value));
    })();`;
  const talkative = { NODE_DEBUG: '*', RUST_LOG: 'trace', RUST_BACKTRACE: 'full' };
  const { status, stdout, stderr } = await run(source, { ...environment, ...talkative });
  const [shown, token] = stdout.split('THE TOKEN ');
  assert.ok(status === 0 && token.split('.').length === 3 && shown.includes('rejected'), stdout + stderr);
  assertClean(shown + stderr.replaceAll(source, ''), environment.XILNEX_CLIENT_SECRET, token);
  assertClean(shown, 'canary-secret');
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
