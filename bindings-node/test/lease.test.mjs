// What is answered without the native part, and what ends that.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withSandbox } from './support/rules.mjs';
import { auth, run, startSandbox } from './support/sandbox.mjs';

const { Client } = auth;

/** A client whose next calls are answered by its lease. */
async function leased(options) {
  const client = new Client(options);
  const first = await client.getToken();
  assert.equal(await client.getToken(), first);
  return { client, first };
}

test('calls of a lease share one promise, and each is counted', async (t) => {
  const { client, first } = await leased((await startSandbox(t)).options);
  const [one, two] = [client.getToken(), client.getToken()];
  assert.equal(one, two);
  assert.equal(await one, first);
  assert.equal(client.getTokenSync(), first);
  assert.equal((await client.accessToken()).value, first);
  assert.equal(await client.authorizationHeader(), `Bearer ${first}`);
  assert.equal(client.stats().hits, 6);
});

test('the native part hears of calls within a second or so, though nobody asks', async (t) => {
  const { options } = await startSandbox(t);
  const { client } = await leased(options);
  for (let call = 0; call < 100; call += 1) client.getTokenSync();
  const other = new Client(options);
  await sleep(1100);
  assert.equal(other.stats().hits, 101);
});

test('an invalidated token is given by no client of the thread', async (t) => {
  const { options } = await startSandbox(t);
  const { client, first } = await leased(options);
  assert.equal(await client.getToken(), first);
  assert.equal(new Client(options).invalidate(first), true);
  const second = await client.getToken();
  assert.notEqual(second, first);
  assert.notEqual(client.getTokenSync(), first);
});

test('a closed client gives nothing', async (t) => {
  const { client } = await leased((await startSandbox(t)).options);
  client.getTokenSync();
  client.close();
  await assert.rejects(client.getToken(), { code: 'closed' });
  assert.throws(() => client.getTokenSync(), { code: 'closed' });
});

test('a call that asks for more than any token is not answered by it', async (t) => {
  const { client, first } = await leased((await startSandbox(t)).options);
  client.getTokenSync();
  await assert.rejects(client.getToken({ minTtl: -1 }), { code: 'invalid_config' });
  await assert.rejects(client.getToken(null), TypeError);
  assert.throws(() => client.getTokenSync({ minTTL: 1 }), TypeError);
  assert.equal(await client.getToken({ minTtl: 600 }), first);
});

test('a token ends when its time is over, however often it is asked for', async (t) => {
  const { options } = await startSandbox(t, '--ttl', '1');
  const began = performance.now();
  const { client, first } = await leased(options);
  while (client.getTokenSync() === first) assert.ok(performance.now() - began < 5000);
  assert.ok(performance.now() - began < 1000, 'a token of one second was given for longer');
});

test('time that is put forward ends it', async (t) => {
  const sandbox = await withSandbox(t, { ttl: 600 });
  const client = sandbox.client();
  const first = await client.getToken();
  for (let call = 0; call < 3; call += 1) assert.equal(await client.getToken(), first);
  sandbox.advance(600);
  assert.notEqual(await client.getToken(), first);
});

test('fake clocks do not make it last', async (t) => {
  const { options } = await startSandbox(t, '--ttl', '1');
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: Date.now() });
  const { client, first } = await leased(options);
  const began = process.hrtime.bigint();
  while (client.getTokenSync() === first) assert.ok(process.hrtime.bigint() - began < 5_000_000_000n);
});

for (const [calls, pause] of [
  ['one after the other', ''],
  ['now and then', 'await new Promise((resolve) => setTimeout(resolve, 50));'],
]) {
  test(`a wall clock that stands still does not make it last, in calls ${calls}`, async (t) => {
    const { environment } = await startSandbox(t, '--ttl', '1');
    const source = `
      const frozen = Date.now();
      Date.now = () => frozen;
      const { Client } = require('xilnex-auth');
      (async () => {
        const began = process.hrtime.bigint();
        const elapsed = () => Number(process.hrtime.bigint() - began) / 1e9;
        const client = new Client();
        const first = await client.getToken();
        while (client.getTokenSync() === first && elapsed() < 5) { ${pause} }
        console.log(elapsed() < 2.2);
      })();`;
    const { stdout, stderr } = await run(source, environment);
    assert.equal(stdout, 'true\n', stderr);
  });
}
