// Many callers, an event loop that goes on, and processes that end when they should.
import assert from 'node:assert/strict';
import test from 'node:test';
import { auth, run, startSandbox } from './support/sandbox.mjs';

const { Client } = auth;

test('200 promises are one request', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '0.2');
  const client = new Client(sandbox.options);
  const calls = Array.from({ length: 200 }, (_, index) =>
    client.getToken(index % 2 ? undefined : { timeout: 5 + index }),
  );
  assert.equal(new Set(await Promise.all(calls)).size, 1);
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('ten thousand equal calls are one wait', async (t) => {
  const client = new Client((await startSandbox(t, '--latency', '0.5')).options);
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const calls = Array.from({ length: 10_000 }, () => client.getToken());
  // More than one only where this machine took long to make the calls.
  assert.ok(timers() - before < 20, `${timers() - before} timers`);
  assert.equal(new Set(await Promise.all(calls)).size, 1);
});

test('callers that come while a request is under way get its token', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '0.5');
  const client = new Client(sandbox.options);
  const calls = [];
  for (let turn = 0; turn < 20; turn += 1) {
    calls.push(client.getToken(), new Client(sandbox.options).getToken());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(new Set(await Promise.all(calls)).size, 1);
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('a failure reaches every caller as an error of its own', async (t) => {
  const { options } = await startSandbox(t);
  const client = new Client({ ...options, clientSecret: 'wrong' });
  const settled = await Promise.allSettled([client.getToken(), client.getToken()]);
  assert.deepEqual(
    settled.map(({ reason }) => reason.code),
    ['rejected', 'rejected'],
  );
  assert.notEqual(settled[0].reason, settled[1].reason);
});

test('the event loop goes on while a slow server answers', async (t) => {
  const client = new Client((await startSandbox(t, '--latency', '1')).options);
  let beats = 0;
  const heart = setInterval(() => (beats += 1), 10);
  await client.getToken();
  clearInterval(heart);
  assert.ok(beats > 20, `${beats} beats in a second`);
});

test('an aborted caller leaves, the other gets the token of the same request', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '0.5');
  const client = new Client(sandbox.options);
  const controller = new AbortController();
  const [left, stays] = [client.getToken({ signal: controller.signal }), client.getToken()];
  const reason = new Error('the caller left');
  setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(left, (problem) => problem === reason);
  assert.ok(await stays);
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('a signal that was aborted before sends nothing', async (t) => {
  const sandbox = await startSandbox(t);
  const client = new Client(sandbox.options);
  await assert.rejects(client.getToken({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.throws(() => client.getTokenSync({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal(await sandbox.tokenRequests(), 0);
});

test('a signal of time ends a call with its own reason', async (t) => {
  const client = new Client((await startSandbox(t, '--latency', '1')).options);
  await assert.rejects(client.getToken({ signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
});

test('a signal keeps no listener of a call that has ended', async (t) => {
  const client = new Client((await startSandbox(t, '--latency', '0.1')).options);
  const { signal } = new AbortController();
  const added = t.mock.method(signal, 'addEventListener');
  const removed = t.mock.method(signal, 'removeEventListener');
  await Promise.all([client.getToken({ signal }), client.getToken({ signal, timeout: 5 })]);
  await client.getToken({ signal });
  assert.deepEqual([added.mock.callCount(), removed.mock.callCount()], [2, 2]);
});

test('no thread of the pool is parked', async (t) => {
  const { environment } = await startSandbox(t, '--latency', '2');
  const source = `
    const { Client } = require('xilnex-auth');
    const client = new Client();
    let landed = false;
    const calls = Array.from({ length: 64 }, (_, index) => client.getToken({ timeout: 5 + index }));
    Promise.all(calls).then(() => (landed = true));
    require('node:fs').readFile('package.json', () => console.log(landed ? 'late' : 'in time'));`;
  const { stdout } = await run(source, { ...environment, UV_THREADPOOL_SIZE: '1' });
  assert.equal(stdout, 'in time\n');
});

test('a process lives until its calls have ended, and no longer', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '0.5');
  const source = "require('xilnex-auth').getToken().then(() => console.log('token'))";
  const { stdout, status, seconds } = await run(source, sandbox.environment);
  assert.deepEqual({ stdout, status }, { stdout: 'token\n', status: 0 });
  assert.ok(seconds < 8, `${seconds} s: the timeout kept the process alive`);
});

test('a process does not wait for calls that were aborted', async (t) => {
  const { environment } = await startSandbox(t, '--latency', '8');
  const source = `
    const controller = new AbortController();
    require('xilnex-auth').getToken({ signal: controller.signal }).catch(({ name }) => console.log(name));
    setTimeout(() => controller.abort(), 50);`;
  const { stdout, status, seconds } = await run(source, environment);
  assert.deepEqual({ stdout, status }, { stdout: 'AbortError\n', status: 0 });
  assert.ok(seconds < 7, `${seconds} s`);
});

test('a process may end in the middle of a request', async (t) => {
  const { environment } = await startSandbox(t, '--latency', '8');
  const source = "require('xilnex-auth').getToken(); setTimeout(() => process.exit(3), 50)";
  const { status, signal, seconds } = await run(source, environment);
  assert.deepEqual({ status, signal }, { status: 3, signal: null });
  assert.ok(seconds < 7, `${seconds} s`);
});

test('a rejection is unhandled only where the caller does not handle it', async (t) => {
  const { environment } = await startSandbox(t);
  const wrong = { ...environment, XILNEX_CLIENT_SECRET: 'wrong' };
  const handled =
    "require('xilnex-auth').getToken({ signal: new AbortController().signal }).catch(() => console.log('handled'))";
  const { stdout, stderr, status } = await run(handled, wrong);
  assert.deepEqual({ stdout, stderr, status }, { stdout: 'handled\n', stderr: '', status: 0 });
  const unhandled = await run("require('xilnex-auth').getToken()", wrong);
  assert.equal(unhandled.status, 1);
  assert.match(unhandled.stderr, /XilnexAuthError: .*invalid_client/);
});

test('fake clocks of a test suite do not stop a call', async (t) => {
  const { environment } = await startSandbox(t, '--latency', '8');
  const source = `
    globalThis.setTimeout = require('node:timers').setTimeout = () => {};
    const { Client } = require('xilnex-auth');`;
  const late = `${source} new Client({ timeout: 0.2 }).getToken().catch(({ code }) => console.log(code))`;
  // The package must be loaded before the clock is replaced, as a test suite does it.
  const { stdout } = await run(`require('xilnex-auth');${late}`, environment);
  assert.equal(stdout, 'timeout\n');
});

test('a call that may take little time loses none of it to another', async (t) => {
  const client = new Client((await startSandbox(t, '--latency', '2')).options);
  const late = async (timeout) => {
    const began = performance.now();
    await assert.rejects(client.getToken({ timeout }), { code: 'timeout' });
    return performance.now() - began;
  };
  const first = late(0.2);
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.ok((await late(0.2)) >= 190);
  await first;
});

test('one signal may end any number of calls', async (t) => {
  const { environment } = await startSandbox(t, '--latency', '0.2');
  const { stderr, status } = await run(
    `const client = new (require('xilnex-auth').Client)();
     const { signal } = new AbortController();
     const calls = Array.from({ length: 50 }, (_, index) => client.getToken({ signal, timeout: 5 + index }));
     Promise.all(calls);`,
    environment,
  );
  assert.deepEqual([status, stderr], [0, '']);
});
