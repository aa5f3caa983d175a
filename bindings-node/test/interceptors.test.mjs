// The interceptors of undici and axios: the rules of all, and what only they have.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { inspect } from 'node:util';
import axios from 'axios';
import { Agent, Pool, fetch, interceptors, request } from 'undici';
import { ok, redirect, refused, startResource, until } from './support/resource.mjs';
import { obeysTheRules, startSandbox } from './support/rules.mjs';
import { require } from './support/sandbox.mjs';

const { xilnexAuth } = require('xilnex-auth/undici');
const { installXilnexAuth } = require('xilnex-auth/axios');

const following = () => interceptors.redirect({ maxRedirections: 3 });

/** Sends by undici through this dispatcher. */
const through = (dispatcher) => async ({ url, ...options }) => {
  const { statusCode: status, body } = await request(url, { ...options, dispatcher });
  return { status, body: await body.text() };
};

obeysTheRules('undici around redirects', (options) => through(new Agent().compose(following(), xilnexAuth(options))));

obeysTheRules('undici within redirects', (options) => through(new Agent().compose(xilnexAuth(options), following())));

obeysTheRules('axios', (options) => {
  const instance = installXilnexAuth(axios.create({ responseType: 'text', validateStatus: null }), options);
  return async ({ body, ...config }) => {
    const { status, data } = await instance.request({ ...config, data: body });
    return { status, body: data };
  };
});

obeysTheRules('axios that rejects a 401', (options) => {
  const instance = installXilnexAuth(axios.create(), options);
  return async ({ body, ...config }) => {
    const answer = instance.request({ ...config, data: body }).catch((error) => {
      if (error.response) return error.response;
      throw error;
    });
    const { status, data } = await answer;
    return { status, body: data };
  };
});

/** A dispatcher for a resource that answers so, and the resource. */
async function givenUndici(t, ...answers) {
  const { sandbox, client } = await startSandbox(t);
  const resource = await startResource(t, ...answers);
  const dispatcher = new Agent().compose(xilnexAuth({ client, origins: [resource.origin] }));
  return { sandbox, client, resource, dispatcher };
}

test('undici: headers in every form', async (t) => {
  const { resource, dispatcher } = await givenUndici(t, ok);
  for (const make of [
    (pairs) => Object.fromEntries(pairs),
    (pairs) => pairs.flat(),
    (pairs) => new Map(pairs),
    (pairs) => new Headers(pairs),
  ]) {
    await request(resource.url, { dispatcher, headers: make([['x-mark', '1']]) });
    await request(resource.url, { dispatcher, headers: make([['x-mark', '1'], ['Authorization', 'Basic eDp5']]) });
    const [without, having] = resource.requests.splice(0);
    assert.deepEqual([without.headers['x-mark'], having.headers['x-mark']], ['1', '1']);
    assert.match(without.authorization, /^Bearer /);
    assert.equal(having.authorization, 'Basic eDp5');
  }
});

test('undici: a long answer that was refused is not read to its end', async (t) => {
  const { resource, dispatcher } = await givenUndici(t, { status: 401, body: 'x'.repeat(10_000_000) }, ok);
  const { statusCode, body } = await request(resource.url, { dispatcher });
  assert.deepEqual([statusCode, await body.text(), resource.requests.length], [200, 'fine', 2]);
});

test('undici: a refused answer that stands arrives whole, and one that has no body too', async (t) => {
  const long = 'x'.repeat(1_000_000);
  const answer = { status: 401, body: long };
  const { resource, dispatcher } = await givenUndici(t, answer, answer, { status: 401 });
  const { body } = await request(resource.url, { dispatcher });
  assert.equal(await body.text(), long);
  const empty = await request(resource.url, { dispatcher });
  assert.deepEqual([empty.statusCode, await empty.body.text(), resource.requests.length], [401, '', 3]);
});

test('undici: its fetch carries the token, and by every redirect asks whether it may', async (t) => {
  const { client } = await startSandbox(t);
  const other = await startResource(t, ok);
  const resource = await startResource(t, redirect(other.url));
  const dispatcher = new Agent().compose(xilnexAuth({ client, origins: [resource.origin] }));
  const answer = await fetch(resource.url, { dispatcher, method: 'POST', body: 'x' });
  const [{ body, authorization }] = other.requests;
  assert.deepEqual([await answer.text(), body, authorization], ['fine', 'x', undefined]);
  assert.equal(resource.requests[0].authorization, await client.authorizationHeader());
});

test('undici: a dispatcher of one origin has to be told it with the request', async (t) => {
  const { client } = await startSandbox(t);
  const resource = await startResource(t, ok);
  const pool = new Pool(resource.origin).compose(xilnexAuth({ client, origins: [resource.origin] }));
  for (const origin of [undefined, resource.origin]) {
    await (await pool.request({ origin, path: '/', method: 'GET' })).body.dump();
  }
  const seen = resource.requests.map(({ authorization }) => authorization);
  assert.deepEqual(seen, [undefined, await client.authorizationHeader()]);
});

test('undici: an emitter may end a request', async (t) => {
  const { resource, dispatcher } = await givenUndici(t, ok);
  const signal = new EventEmitter();
  const answer = request(resource.url, { dispatcher, signal });
  signal.emit('abort');
  await assert.rejects(answer, { name: 'AbortError' });
  assert.equal(resource.requests.length, 0);
});

test('undici: a wrong request is refused in the same way', async (t) => {
  const { resource, dispatcher } = await givenUndici(t, ok);
  for (const wrong of [{ method: 'no method' }, { headers: ['odd'] }, { body: 5 }, { headers: { 'a b': 'c' } }]) {
    const theirs = await request(resource.url, wrong).catch((problem) => problem);
    const { name, message } = theirs;
    await assert.rejects(request(resource.url, { ...wrong, dispatcher }), { name, message });
  }
});

/** An instance of axios for a resource that answers so, and the resource. */
async function givenAxios(t, settings, ...answers) {
  const { sandbox, client } = await startSandbox(t);
  const resource = await startResource(t, ...answers);
  const instance = axios.create({ baseURL: resource.origin, ...settings });
  return { sandbox, client, resource, http: installXilnexAuth(instance, { client, origins: [resource.origin] }) };
}

test('axios: interceptors and transformations happen once, also where the request is sent twice', async (t) => {
  const { resource, http } = await givenAxios(
    t,
    { transformRequest: (data) => `<${data}>`, transformResponse: (data) => `[${data}]` },
    refused,
    ok,
  );
  const happened = [];
  const mark = (word) => (value) => {
    happened.push(word);
    return value;
  };
  http.interceptors.request.use(mark('request'));
  http.interceptors.response.use((response) => mark('response')(response.data));
  assert.equal(await http.post('/data', 'x'), '[fine]');
  assert.deepEqual(resource.requests.map(({ body }) => body), ['<x>', '<x>']);
  assert.deepEqual(happened, ['request', 'response']);
});

test('axios: JSON goes out and comes in as ever', async (t) => {
  const json = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"b":2}' };
  const { resource, http } = await givenAxios(t, { params: { page: 1 } }, refused, json);
  const { data, config } = await http.post('/data', { a: 1 }, { headers: { 'x-mark': '1' } });
  assert.deepEqual(data, { b: 2 });
  for (const { path, body, headers } of resource.requests) {
    assert.deepEqual([path, body, headers['x-mark']], ['/data?page=1', '{"a":1}', '1']);
    assert.equal(headers['content-type'], 'application/json');
  }
  // What a response tells of its request can be sent again.
  assert.deepEqual((await http.request(config)).data, { b: 2 });
});

test('axios: the origin is that of the settled request', async (t) => {
  const { client } = await startSandbox(t);
  const [resource, other] = [await startResource(t, ok), await startResource(t, ok)];
  const http = axios.create({ baseURL: resource.origin });
  const lead = (config) => ({ ...config, baseURL: other.origin });
  http.interceptors.request.use((config) => (config.url === '/lead' ? lead(config) : config));
  installXilnexAuth(http, { client, origins: [resource.origin] });
  http.interceptors.request.use((config) => (config.url === '/late' ? lead(config) : config));
  for (const address of ['/data', '/lead', '/late', other.url]) await http.get(address);
  assert.deepEqual(other.requests.map(({ authorization }) => authorization), [undefined, undefined, undefined]);
  assert.equal(resource.requests[0].authorization, await client.authorizationHeader());
});

test('axios: what an interceptor takes away stays away', async (t) => {
  const { resource, http } = await givenAxios(t, { headers: { common: { 'x-mark': '1' } } }, ok);
  await http.get('/data');
  http.interceptors.request.use((config) => {
    for (const name of ['x-mark', 'accept']) config.headers.delete(name);
    return config;
  });
  await http.get('/data');
  assert.deepEqual(resource.requests.map(({ headers }) => headers['x-mark']), ['1', undefined]);
  assert.doesNotMatch(resource.requests[1].headers.accept ?? '', /json/);
});

test('axios: an abort while a token is waited for is a cancellation of axios', async (t) => {
  const { client } = await startSandbox(t, { script: ['silent'] });
  const http = installXilnexAuth(axios.create(), { client });
  const source = axios.CancelToken.source();
  setTimeout(() => source.cancel(), 100);
  for (const how of [{ signal: AbortSignal.timeout(100) }, { cancelToken: source.token }]) {
    await assert.rejects(http.get('https://api.example.com', how), (error) => axios.isCancel(error));
  }
  client.close();
});

test('axios: credentials of the caller stay in every form', async (t) => {
  const { sandbox, resource, http } = await givenAxios(t, {}, ok);
  const basic = `Basic ${Buffer.from('x:y').toString('base64')}`;
  await http.get('/data', { auth: { username: 'x', password: 'y' } });
  await http.get('/data', { headers: { authorization: basic } });
  await http.get(resource.url.replace('://', '://x:y@'));
  assert.deepEqual(resource.requests.map(({ authorization }) => authorization), [basic, basic, basic]);
  assert.equal(sandbox.tokenRequests, 0);
});

test('axios: forms are sent again, and a refused stream of an answer is closed', async (t) => {
  const long = { status: 401, body: 'x'.repeat(10_000_000) };
  const { resource, http } = await givenAxios(t, { responseType: 'stream' }, long, ok);
  const form = new FormData();
  form.set('name', 'value');
  assert.equal(await text((await http.post('/data', form)).data), 'fine');
  for (const { body } of resource.requests) assert.match(body, /name="name"\r\n\r\nvalue/);
  assert.equal(resource.requests.length, 2);
  await until(() => resource.answering() === 0);
});

test('axios: redirects of the caller are asked, and get no token elsewhere', async (t) => {
  const other = await startResource(t, ok);
  const { resource, http } = await givenAxios(t, {}, redirect(other.url));
  const seen = [];
  const has = (headers) => Object.keys(headers).some((name) => /authorization/i.test(name));
  const beforeRedirect = ({ href, headers }) => seen.push([href, has(headers)]);
  assert.equal((await http.get('/data', { beforeRedirect })).data, 'fine');
  assert.deepEqual(seen, [[other.url, false]]);
  const unfollowed = await http.get('/data', { maxRedirects: 0, validateStatus: null });
  assert.deepEqual([unfollowed.status, resource.requests.length], [307, 2]);
});

test('axios: neither answers nor errors show the token', async (t) => {
  const { client, http } = await givenAxios(t, {}, ok, { status: 500, body: 'broken' });
  const token = await client.getToken();
  const answer = await http.get('/data');
  const error = await http.get('/data').catch((problem) => problem);
  assert.deepEqual([answer.status, error.status, error.response.data], [200, 500, 'broken']);
  assert.ok(answer.request && error.request);
  const seen = inspect([answer, error], { depth: 10 }) + JSON.stringify(error) + JSON.stringify({ ...answer });
  assert.ok(!seen.includes(token), seen);
});

test('axios: an adapter of the caller is under it', async (t) => {
  const { client } = await startSandbox(t);
  const adapter = async (config) => ({ status: 200, headers: {}, config, data: config.headers.get('authorization') });
  const http = installXilnexAuth(axios.create({ adapter }), { client });
  const { data, config } = await http.get('https://api.example.com');
  assert.deepEqual([data, config.adapter], [await client.authorizationHeader(), adapter]);
});

test('misspelt options are refused', () => {
  const wrong = { origin: ['https://api.example.com'] };
  const told = /takes client and origins, not origin/;
  assert.throws(() => xilnexAuth(wrong), { name: 'TypeError', message: told });
  assert.throws(() => installXilnexAuth(axios.create(), wrong), { name: 'TypeError', message: told });
});
