// authFetch: the rules of all, and what only fetch has.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import { ok, refused, startResource, until } from './support/resource.mjs';
import { obeysTheRules, startSandbox } from './support/rules.mjs';
import { auth } from './support/sandbox.mjs';

const { authFetch } = auth;

obeysTheRules('fetch', ({ client, origins }) => {
  const api = authFetch(client, { origins });
  return async ({ url, ...init }) => {
    const answer = await api(url, init.body && typeof init.body !== 'string' ? { ...init, duplex: 'half' } : init);
    return { status: answer.status, body: await answer.text() };
  };
});

/** A fetch function for a resource that answers so, and the resource. */
async function given(t, ...answers) {
  const { sandbox, client } = await startSandbox(t);
  const resource = await startResource(t, ...answers);
  return { sandbox, client, resource, api: authFetch(client, { origins: [resource.origin] }) };
}

test('everything that fetch takes', async (t) => {
  const { client, resource, api } = await given(t, ok);
  const { url } = resource;
  const post = { method: 'POST', body: 'x', headers: { 'x-mark': '1' } };
  for (const [input, init] of [
    [url],
    [new URL(url)],
    [{ toString: () => url }],
    [new Request(url)],
    [url, post],
    [new Request(url, post)],
    [new Request(url, { headers: { 'x-mark': '2' } }), post],
    // A Request stands in place of the options, with its body.
    [url, new Request(url, post)],
  ]) {
    assert.equal((await api(input, init)).status, 200);
    const { method, body, headers, authorization } = resource.requests.at(-1);
    assert.equal(authorization, await client.authorizationHeader());
    const isPost = init !== undefined || input.method === 'POST';
    assert.deepEqual([method, body, headers['x-mark']], isPost ? ['POST', 'x', '1'] : ['GET', '', undefined]);
  }
});

test('headers in every form', async (t) => {
  const { resource, api } = await given(t, ok);
  const own = 'Basic eDp5';
  for (const make of [
    (pairs) => Object.fromEntries(pairs),
    (pairs) => pairs,
    (pairs) => new Headers(pairs),
    (pairs) => new Map(pairs),
  ]) {
    await api(resource.url, { headers: make([['X-Mark', '1']]) });
    await api(resource.url, { headers: make([['X-Mark', '1'], ['Authorization', own]]) });
    const [without, having] = resource.requests.splice(0);
    assert.deepEqual([without.headers['x-mark'], having.headers['x-mark'], having.authorization], ['1', '1', own]);
    assert.match(without.authorization, /^Bearer /);
  }
  await api(new Request(resource.url, { headers: { authorization: own } }));
  assert.equal(resource.requests[0].authorization, own);
});

test('every body that can be is sent again', async (t) => {
  const form = new FormData();
  form.set('name', 'value');
  for (const [body, sent] of [
    ['text', 'text'],
    [Buffer.from('text'), 'text'],
    [new Uint16Array([0x6161]), 'aa'],
    [new TextEncoder().encode('text').buffer, 'text'],
    [new URLSearchParams({ a: 'b' }), 'a=b'],
    [new Blob(['text']), 'text'],
    [form, /name="name"\r\n\r\nvalue\r\n/],
  ]) {
    const { sandbox, resource, api } = await given(t, refused, ok);
    assert.equal((await api(resource.url, { method: 'POST', body })).status, 200);
    const bodies = resource.requests.map((request) => request.body);
    for (const one of bodies) assert.ok(one === sent || one.match(sent), one);
    assert.deepEqual([bodies.length, sandbox.tokenRequests], [2, 2]);
    sandbox.stop();
  }
});

test('the body of a Request is not sent again, one in its place is', async (t) => {
  const { sandbox, resource, api } = await given(t, refused, ok, refused, ok);
  const post = { method: 'POST', body: 'x' };
  assert.equal((await api(new Request(resource.url, post))).status, 401);
  assert.equal((await api(new Request(resource.url, post))).status, 200);
  sandbox.advance(31);
  assert.equal((await api(new Request(resource.url, post), { body: 'y' })).status, 200);
  assert.deepEqual(resource.requests.map(({ body }) => body), ['x', 'x', 'y', 'y']);
});

test('a stream is none of them, whatever it calls itself', async (t) => {
  const { resource, api } = await given(t, refused, ok);
  const body = Object.defineProperty(Readable.from(['x']), Symbol.toStringTag, { value: 'FormData' });
  assert.equal((await api(resource.url, { method: 'POST', body, duplex: 'half' })).status, 401);
  assert.equal(resource.requests.length, 1);
});

test('a long answer that was refused is not read, whether another token comes or not', async (t) => {
  const long = { status: 401, body: 'x'.repeat(10_000_000) };
  const { sandbox, client, resource, api } = await given(t, long, ok, long);
  assert.equal(await (await api(resource.url)).text(), 'fine');
  assert.equal(resource.requests.length, 2);
  await until(() => resource.answering() === 0);
  sandbox.advance(31);
  sandbox.stop();
  await assert.rejects(api(resource.url), { name: 'XilnexAuthError' });
  await until(() => resource.answering() === 0);
  client.close();
});

test('another fetch sends the requests, and the global one is looked for each time', async (t) => {
  const { client } = await startSandbox(t);
  const asked = [];
  const fake = async (...call) => asked.push(call) && new Response('fake');
  const init = { method: 'PUT', body: 'x', dispatcher: 'kept' };
  await authFetch(client, { fetch: fake })('https://api.example.com/data', init);
  const [[target, { headers, ...rest }]] = asked.splice(0);
  assert.deepEqual([target, rest], ['https://api.example.com/data', init]);
  assert.equal(headers.get('authorization'), await client.authorizationHeader());

  const api = authFetch(client);
  t.mock.method(globalThis, 'fetch', fake);
  assert.equal(await (await api('https://api.example.com')).text(), 'fake');
  // A token would be readable on its way there.
  await api('http://api.example.com');
  assert.deepEqual(asked[1], ['http://api.example.com', undefined]);
});

test('what was looked at is what is sent', async (t) => {
  const { sandbox, client } = await startSandbox(t, { latency: 0.3 });
  const [resource, other] = [await startResource(t, ok), await startResource(t, ok)];
  const api = authFetch(client, { origins: [resource.origin] });
  const [address, init] = [new URL(resource.url), { headers: {} }];
  const answer = api(address, init);
  address.host = new URL(other.origin).host;
  init.method = 'DELETE';
  assert.equal((await answer).status, 200);
  assert.deepEqual([resource.requests.length, other.requests.length, sandbox.tokenRequests], [1, 0, 1]);
  assert.equal(resource.requests[0].method, 'GET');
});

test('what fetch refuses is refused in the same way', async (t) => {
  const { sandbox, resource, api } = await given(t, ok);
  for (const call of [
    [],
    ['no address'],
    ['/data'],
    [resource.url, { headers: { 'not a name': 'x' } }],
    [resource.url, { body: 'x' }],
    [resource.url, { redirect: 'sideways' }],
  ]) {
    const [ours, theirs] = await Promise.allSettled([api(...call), fetch(...call)]);
    assert.deepEqual([ours.status, ours.reason.name], [theirs.status, theirs.reason.name]);
  }
  assert.equal((await api('data:text/plain,here')).status, 200);
  assert.ok(resource.requests.length === 0 && sandbox.tokenRequests <= 1);
});

test('mistakes of its own', async (t) => {
  const { client } = await startSandbox(t);
  for (const [wrong, told] of [
    [{ origin: ['https://api.example.com'] }, /takes origins and fetch, not origin/],
    [{ fetch: 'fetch' }, /fetch must be a function, not string/],
    [null, /must be an object, not null/],
    ['https://api.example.com', /must be an object, not string/],
  ]) {
    assert.throws(() => authFetch(client, wrong), { name: 'TypeError', message: told });
  }
  assert.throws(() => authFetch({ origins: ['https://api.example.com'] }), { message: /must be a Client, not Object/ });
});
