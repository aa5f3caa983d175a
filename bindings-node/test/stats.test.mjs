// What a client has done, and what it does while the server fails.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { auth, startSandbox } from './support/sandbox.mjs';
import { silence, startServer, token, unavailable } from './support/server.mjs';

const { Client } = auth;

const NOTHING = {
  requests: 0,
  successes: 0,
  failures: {},
  hits: 0,
  refreshesAhead: 0,
  servedWhileFailing: 0,
  refusedInCoolDown: 0,
  refusedByBudget: 0,
};

test('clients of one configuration count together', async (t) => {
  const { options } = await startSandbox(t);
  const [client, other] = [new Client(options), new Client(options)];
  assert.deepEqual(client.stats(), NOTHING);
  assert.equal(client.stats().lastRefresh, undefined);
  await client.getToken();
  await client.getToken();
  other.getTokenSync();
  const { lastRefresh, expiresIn, ...counts } = other.stats();
  assert.deepEqual(counts, { ...NOTHING, requests: 1, successes: 1, hits: 2 });
  assert.ok(lastRefresh > 0 && lastRefresh < 10, `${lastRefresh}`);
  assert.ok(expiresIn > 3500 && expiresIn < 3600, `${expiresIn}`);
});

test('statistics are of their moment and cannot be changed', async (t) => {
  const client = new Client((await startSandbox(t)).options);
  const before = client.stats();
  await client.getToken();
  assert.equal(before.requests, 0);
  assert.throws(() => (before.requests = 1), TypeError);
  assert.throws(() => (before.failures.rejected = 1), TypeError);
});

test('a refusal is told again without a request', async (t) => {
  const sandbox = await startSandbox(t);
  const client = new Client({ ...sandbox.options, clientSecret: 'wrong' });
  const first = await client.getToken().catch((problem) => problem);
  const again = await client.getToken().catch((problem) => problem);
  assert.throws(() => client.getTokenSync(), { code: 'rejected', isRepeated: true });
  assert.deepEqual([first.isRepeated, again.isRepeated], [false, true]);
  assert.deepEqual([again.code, again.oauthError, again.attempts], ['rejected', 'invalid_client', 1]);
  assert.equal(first.retryAfter, undefined);
  assert.ok(again.retryAfter > 25 && again.retryAfter <= 36, `${again.retryAfter}`);
  assert.equal(await sandbox.tokenRequests(), 1);
  const expected = { ...NOTHING, requests: 1, failures: { rejected: 1 }, refusedInCoolDown: 2 };
  assert.deepEqual(client.stats(), expected);
});

test('a server that is out for a moment is asked again', async (t) => {
  const server = await startServer(t, unavailable, unavailable, token('third', 3600));
  const client = new Client(server.options);
  assert.equal(await client.getToken(), 'third');
  const { requests, successes, failures } = client.stats();
  assert.deepEqual({ requests, successes, failures }, { requests: 3, successes: 1, failures: { unavailable: 2 } });
});

test('a server that stays out is asked three times, and once more after the pause', async (t) => {
  const server = await startServer(t, unavailable);
  const client = new Client(server.options);
  await assert.rejects(client.getToken(), { code: 'unavailable', attempts: 3, isRepeated: false });
  const again = await client.getToken().catch((problem) => problem);
  assert.deepEqual([again.isRepeated, server.requests()], [true, 3]);
  await sleep(again.retryAfter * 1000 + 100);
  await assert.rejects(client.getToken(), { code: 'unavailable', attempts: 1, isRepeated: false });
  assert.equal(server.requests(), 4);
});

test('at most one token in 30 s is dropped by force', async (t) => {
  const client = new Client((await startSandbox(t)).options);
  assert.equal(client.invalidate(await client.getToken()), true);
  const second = await client.getToken();
  assert.equal(client.invalidate(second), false);
  assert.equal(await client.getToken(), second);
  assert.equal(client.stats().requests, 2);
});

test('a caller near the end of a token waits for the next one, and gets the old one before that is over', async (t) => {
  const server = await startServer(t, token('first', 4), silence);
  const client = new Client(server.options);
  await client.getToken();
  // The token is held back from 3.6 s on, for a second at most, and has ended at 3.8 s.
  await sleep(3630);
  const began = performance.now();
  assert.equal(await client.getToken({ timeout: 2 }), 'first');
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds > 0.03 && seconds < 0.18, `${seconds} s`);
  assert.equal(server.requests(), 2);
});
