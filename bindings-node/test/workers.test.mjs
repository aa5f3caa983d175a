// Threads of one process: they share requests, and may end at any instant.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { auth, require, startSandbox } from './support/sandbox.mjs';

/** A worker that calls `call` on a client, and promises of its being ready, of its token and of its end. */
function startWorker(call, options, env) {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { Client } = require(workerData.path);
    const client = new Client(workerData.options);
    parentPort.postMessage({ ready: true });
    (async () => parentPort.postMessage({ token: ${call} }))();`;
  const workerData = { path: require.resolve('xilnex-auth'), options };
  const worker = new Worker(source, { eval: true, workerData, env });
  const told = (name) =>
    new Promise((resolve) => worker.on('message', (message) => name in message && resolve(message[name])));
  return { worker, ready: told('ready'), token: told('token'), ended: once(worker, 'exit') };
}

/** Ends a worker in the middle of its call and gives the milliseconds that it took. */
async function terminated({ worker, ready }) {
  await ready;
  await sleep(150);
  const began = performance.now();
  await worker.terminate();
  return performance.now() - began;
}

test('four workers share one request', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '1');
  const calls = ['await client.getToken()', 'client.getTokenSync()'];
  const workers = [...calls, ...calls].map((call) => startWorker(call, sandbox.options));
  const tokens = await Promise.all(workers.map(({ token }) => token));
  await Promise.all(workers.map(({ ended }) => ended));
  assert.equal(new Set(tokens).size, 1);
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('a worker has the environment that it was given, and the process keeps its own', async (t) => {
  const sandbox = await startSandbox(t);
  const { token, ended } = startWorker('await client.getToken()', undefined, sandbox.environment);
  assert.ok(await token);
  await ended;
  assert.throws(() => new auth.Client(), { code: 'invalid_config' });
  assert.equal(await sandbox.tokenRequests(), 1);
});

test('a worker has what it sets itself', async (t) => {
  const sandbox = await startSandbox(t);
  const own = `(Object.assign(process.env, ${JSON.stringify(sandbox.environment)}), await new Client().getToken())`;
  const { token, ended } = startWorker(own, sandbox.options);
  assert.ok(await token);
  await ended;
});

test('a worker without variables has none of the process, and one that shares them has them', async (t) => {
  const sandbox = await startSandbox(t);
  Object.assign(process.env, sandbox.environment);
  t.after(() => Object.keys(sandbox.environment).forEach((name) => delete process.env[name]));
  const { ended } = startWorker('await client.getToken()', undefined, {});
  await assert.rejects(ended, /clientId \(XILNEX_CLIENT_ID\)/);
  assert.ok(await startWorker('await client.getToken()', undefined, SHARE_ENV).token);
});

for (const call of ['await client.getToken()', 'client.getTokenSync()']) {
  test(`a worker may be terminated in ${call}, and its request serves others`, async (t) => {
    const sandbox = await startSandbox(t, '--latency', '3');
    const milliseconds = await terminated(startWorker(call, sandbox.options));
    assert.ok(milliseconds < 2000, `${milliseconds} ms`);
    assert.ok(await new auth.Client(sandbox.options).getToken());
    assert.equal(await sandbox.tokenRequests(), 1);
  });
}

test('workers come and go while requests land', async (t) => {
  const sandbox = await startSandbox(t, '--latency', '0.1');
  for (let round = 0; round < 8; round += 1) {
    const options = { ...sandbox.options, connectTimeout: 3 + round };
    const workers = [1, 2].map(() => startWorker('await client.getToken()', options));
    await Promise.all(workers.map(({ ready }) => ready));
    await sleep(80 + round * 5);
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }
  assert.ok(await new auth.Client(sandbox.options).getToken());
});
