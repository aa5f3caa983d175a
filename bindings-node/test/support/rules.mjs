// What holds for everything that sends a token along, whichever library sends the requests.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import { inspect } from 'node:util';
import { ok, redirect, refused, startResource } from './resource.mjs';
import { auth, require } from './sandbox.mjs';

export const { Sandbox, withSandbox } = require('xilnex-auth/testing');
const { XilnexAuthError } = auth;

/** A sandbox that ends with the test, and its client. */
export async function startSandbox(t, options) {
  const sandbox = await Sandbox.start(options);
  t.after(() => sandbox.stop());
  return { sandbox, client: sandbox.client() };
}

const tokens = (resource) => resource.requests.map(({ authorization }) => authorization?.replace('Bearer ', ''));

/**
 * Tests `make({ client, origins })`, which gives a function that sends `{ url, method, body, headers, signal }`, follows
 * redirects, and gives `{ status, body }`.
 */
export function obeysTheRules(name, make) {
  const rule = (sentence, check) => test(`${name}: ${sentence}`, check);

  rule('a request carries the token', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    const resource = await startResource(t, ok);
    const send = make({ client, origins: [resource.origin] });
    assert.deepEqual(await send({ url: resource.url }), ok);
    assert.deepEqual(await send({ url: resource.url, headers: { accept: 'text/plain' } }), ok);
    const token = await client.getToken();
    assert.deepEqual(tokens(resource), [token, token]);
    assert.equal(resource.requests[1].headers.accept, 'text/plain');
    assert.equal(sandbox.tokenRequests, 1);
  });

  rule('after a 401 the request is sent once more, with another token, on the same connection', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    const resource = await startResource(t, refused, ok);
    const send = make({ client, origins: [resource.origin] });
    assert.deepEqual(await send({ url: resource.url, method: 'POST', body: '{"a":1}' }), ok);
    const [first, second] = resource.requests;
    assert.deepEqual([first.method, first.body, second.method, second.body], ['POST', '{"a":1}', 'POST', '{"a":1}']);
    assert.equal(second.authorization, await client.authorizationHeader());
    assert.notEqual(first.authorization, second.authorization);
    assert.deepEqual([resource.requests.length, resource.connections(), sandbox.tokenRequests], [2, 1, 2]);
  });

  rule('a second 401 is given back as it is', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    const resource = await startResource(t, refused);
    const send = make({ client, origins: [resource.origin] });
    assert.deepEqual(await send({ url: resource.url }), refused);
    assert.deepEqual([resource.requests.length, sandbox.tokenRequests], [2, 2]);
    // There is no other token now, so nothing would be better the second time.
    assert.deepEqual(await send({ url: resource.url }), refused);
    assert.deepEqual([resource.requests.length, sandbox.tokenRequests], [3, 2]);
  });

  rule('a stream is not sent again, but its token is dropped', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    const resource = await startResource(t, refused, ok);
    const send = make({ client, origins: [resource.origin] });
    const body = Readable.from(['{"a"', ':1}']);
    assert.deepEqual(await send({ url: resource.url, method: 'POST', body }), refused);
    assert.deepEqual([resource.requests.length, resource.requests[0].body], [1, '{"a":1}']);
    assert.deepEqual(await send({ url: resource.url }), ok);
    assert.deepEqual([new Set(tokens(resource)).size, sandbox.tokenRequests], [2, 2]);
  });

  rule('an Authorization of the caller stays, and its 401 is the caller’s', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    const resource = await startResource(t, refused);
    const send = make({ client, origins: [resource.origin] });
    for (const headers of [{ authorization: 'Basic eDp5' }, { AUTHORIZATION: 'Basic eDp5' }]) {
      assert.deepEqual(await send({ url: resource.url, headers }), refused);
    }
    assert.deepEqual(tokens(resource), ['Basic eDp5', 'Basic eDp5']);
    assert.equal(sandbox.tokenRequests, 0);
  });

  rule('other origins than those of the list get no token', async (t) => {
    const { client } = await startSandbox(t);
    const [one, two, other] = [await startResource(t, ok), await startResource(t, ok), await startResource(t, refused)];
    const send = make({ client, origins: [one.origin, new URL(two.origin)] });
    for (const { url } of [other, one, other, two]) await send({ url });
    assert.deepEqual(tokens(other), [undefined, undefined]);
    assert.deepEqual([tokens(one), tokens(two)], [[await client.getToken()], [await client.getToken()]]);
  });

  rule('without a list the first origin alone gets a token', async (t) => {
    const { client } = await startSandbox(t);
    const [one, other] = [await startResource(t, ok), await startResource(t, refused)];
    const send = make({ client });
    for (const { url } of [one, other, one]) await send({ url });
    assert.deepEqual([tokens(one).includes(undefined), tokens(other)], [false, [undefined]]);
  });

  rule('a redirect to another origin leaves the token behind, and a 401 from there drops none', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    const other = await startResource(t, refused);
    const resource = await startResource(t, redirect(other.url));
    const send = make({ client, origins: [resource.origin] });
    assert.deepEqual(await send({ url: resource.url }), refused);
    assert.deepEqual([tokens(other), tokens(resource)], [[undefined], [await client.getToken()]]);
    assert.equal(sandbox.tokenRequests, 1);
  });

  rule('a redirect within the origin takes the token along', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    let isFirst = true;
    const answer = ({ path }) => {
      if (path === '/data') return redirect('/moved');
      const given = isFirst ? refused : ok;
      isFirst = false;
      return given;
    };
    const resource = await startResource(t, answer);
    const send = make({ client, origins: [resource.origin] });
    assert.deepEqual(await send({ url: resource.url }), ok);
    const sent = tokens(resource);
    assert.deepEqual([resource.requests.at(-1).path, sent.includes(undefined), new Set(sent).size], ['/moved', false, 2]);
    assert.equal(sandbox.tokenRequests, 2);
  });

  rule('any number of refused requests cost one token', async (t) => {
    const { sandbox, client } = await startSandbox(t);
    const stale = await client.getToken();
    const resource = await startResource(t, ({ authorization }) => (authorization.endsWith(stale) ? refused : ok));
    const send = make({ client, origins: [resource.origin] });
    const once = () => send({ url: resource.url, method: 'POST', body: 'x' });
    const answers = await Promise.all(Array.from({ length: 30 }, once));
    assert.deepEqual(answers, Array(30).fill(ok));
    assert.deepEqual([resource.requests.length, sandbox.tokenRequests], [60, 2]);
  });

  rule('the signal of a request ends waiting for the token', async (t) => {
    const { client } = await startSandbox(t, { script: ['silent'] });
    const resource = await startResource(t, ok);
    const send = make({ client, origins: [resource.origin] });
    const began = performance.now();
    await assert.rejects(send({ url: resource.url, signal: AbortSignal.timeout(200) }), /Timeout|Cancel/);
    await assert.rejects(send({ url: resource.url, signal: AbortSignal.abort() }), /Abort|Cancel/);
    assert.ok(performance.now() - began < 3000);
    assert.equal(resource.requests.length, 0);
    client.close();
  });

  rule('why there is no token is told as it is', async (t) => {
    const resource = await startResource(t, refused);
    const rejection = { name: 'XilnexAuthError', code: 'rejected', oauthError: 'invalid_client' };
    const { client } = await startSandbox(t, {
      script: ['normal', { status: 400, body: { error: 'invalid_client' } }],
    });
    const send = make({ client, origins: [resource.origin] });
    await assert.rejects(send({ url: resource.url }), rejection);
    await assert.rejects(send({ url: resource.url }), rejection);
    assert.equal(resource.requests.length, 1);
  });

  rule('mistakes are told when it is made', async (t) => {
    const { client } = await startSandbox(t);
    for (const [origin, told] of [
      ['http://api.example.com', /^origins\[1\] .*https/],
      ['https://api.example.com/v1', /^origins\[1\] .*path/],
      ['*', /^origins\[1\] /],
    ]) {
      const wrong = { name: 'XilnexAuthError', code: 'invalid_config', message: told };
      assert.throws(() => make({ client, origins: ['https://fine.example.com', origin] }), wrong);
      assert.throws(() => make({ client, origins: ['https://fine.example.com', origin] }), XilnexAuthError);
    }
    assert.throws(() => make({ client, origins: 'https://api.example.com' }), TypeError);
    assert.throws(() => make({ client, origins: [undefined] }), TypeError);
    assert.throws(() => make({ client: {} }), TypeError);
  });

  rule('without a client it is that of the process, at the time of the request', async (t) => {
    const resource = await startResource(t, ok);
    const send = make({ origins: [resource.origin] });
    await assert.rejects(send({ url: resource.url }), { code: 'invalid_config' });
    await t.test('inside', async (inside) => {
      await withSandbox(inside);
      assert.deepEqual(await send({ url: resource.url }), ok);
      assert.deepEqual(tokens(resource), [await auth.getToken()]);
    });
  });

  rule('a request that fails shows no token', async (t) => {
    const { client } = await startSandbox(t);
    const token = await client.getToken();
    const torn = await startResource(t, undefined);
    const send = make({ client, origins: [torn.origin] });
    const error = await send({ url: torn.url }).then(assert.fail, (problem) => problem);
    assert.deepEqual(tokens(torn), [token]);
    const seen = inspect(error, { depth: 10 }) + inspect(send, { depth: 10 }) + JSON.stringify(error);
    assert.ok(!seen.includes(token), seen);
  });
}
