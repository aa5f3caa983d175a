// What the listeners of a thread hear of the tokens of the process.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { auth, require, root, run, startSandbox } from './support/sandbox.mjs';
import { startServer, token, unavailable } from './support/server.mjs';

const { Client, XilnexAuthError, onEvent } = auth;

/** What is heard until the test ends. */
function listen(t) {
  const heard = [];
  t.after(onEvent((event) => heard.push(event)));
  return heard;
}

/** Waits for at most 5 s. */
async function until(holds) {
  for (let turn = 0; turn < 500 && !holds(); turn += 1) await sleep(10);
}

/** Waits until `count` events were heard, and gives their names. */
async function names(heard, count) {
  await until(() => heard.length >= count);
  return heard.map(({ name }) => name);
}

/** The names of the events of a refresh that goes well. */
const REFRESH = ['refresh_started', 'refresh_succeeded'];

test('the names of the declarations are those of the core', () => {
  const core = readFileSync(`${root}../core/src/event.rs`, 'utf8');
  const [, union] = readFileSync(`${root}index.d.ts`, 'utf8').match(/type TokenEventName =([^;]*);/);
  const declared = [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name);
  assert.deepEqual(
    declared,
    [...core.matchAll(/Happening::\w+ => "(\w+)"/g)].map(([, id]) => id),
  );
});

test('a refresh is told when it begins and when it has ended', async (t) => {
  const { options } = await startSandbox(t);
  const heard = listen(t);
  const text = await new Client(options).getToken();
  assert.deepEqual(await names(heard, 2), REFRESH);
  const [started, succeeded] = heard;
  for (const { at, clientId, isWarning, message } of heard) {
    assert.ok(at instanceof Date && Math.abs(at.getTime() - Date.now()) < 60_000);
    assert.deepEqual([clientId, isWarning], [options.clientId, false]);
    assert.ok(message.includes(options.clientId));
  }
  assert.deepEqual(Object.keys(started), ['name', 'at', 'clientId', 'isWarning', 'message']);
  assert.equal(succeeded.token, createHash('sha256').update(text).digest('hex').slice(0, 8));
  assert.ok(succeeded.took > 0 && succeeded.took < 10, `${succeeded.took}`);
  assert.ok(succeeded.expiresIn > 3500 && succeeded.expiresIn < 3600, `${succeeded.expiresIn}`);
  const seen = inspect(heard, { showHidden: true }) + JSON.stringify(heard);
  assert.ok(!seen.includes(text) && !seen.includes(options.clientSecret));
});

test('a failure is told with its error', async (t) => {
  const { options } = await startSandbox(t);
  const heard = listen(t);
  await new Client({ ...options, clientSecret: 'wrong' }).getToken().catch(() => {});
  assert.deepEqual(await names(heard, 2), ['refresh_started', 'refresh_failed']);
  const { error, isWarning, token: fingerprint } = heard[1];
  assert.ok(error instanceof XilnexAuthError);
  assert.deepEqual([error.code, isWarning, fingerprint], ['rejected', false, undefined]);
});

test('a token that is dropped is told', async (t) => {
  const client = new Client((await startSandbox(t)).options);
  const heard = listen(t);
  const text = await client.getToken();
  await names(heard, 2);
  client.invalidate(text);
  assert.deepEqual(await names(heard, 3), [...REFRESH, 'invalidated']);
  assert.equal(heard[2].token, heard[1].token);
});

test('an outage behind a valid token is a warning, and told once that the token is served', async (t) => {
  const server = await startServer(t, token('first', 6), unavailable);
  const client = new Client(server.options);
  const heard = listen(t);
  await client.getToken();
  // The refresh begins after 75 to 85 % of 6 s; the token ends after 95 %.
  for (let turn = 0; turn < 90 && heard.length < 5; turn += 1) {
    assert.equal(await client.getToken(), 'first');
    await sleep(60);
  }
  const expected = [...REFRESH, 'refresh_started', 'refresh_failed', 'served_during_outage'];
  assert.deepEqual(await names(heard, 5), expected);
  assert.deepEqual([heard[3].isWarning, heard[3].error.code], [true, 'unavailable']);
  assert.equal(heard[4].error.code, 'unavailable');
  assert.ok(client.stats().servedWhileFailing > 0 && client.stats().refreshesAhead === 1);
});

test('an event cannot be changed, and is one for each listener', async (t) => {
  const [first, second] = [listen(t), listen(t)];
  await new Client((await startSandbox(t)).options).getToken();
  await names(second, 2);
  assert.throws(() => (first[0].name = 'another'), TypeError);
  first[0].at.setTime(0);
  assert.ok(second[0].at.getTime() > 0);
});

test('a subscription ends where it is told to', async (t) => {
  const all = listen(t);
  const heard = [];
  const listener = ({ name }) => heard.push(name);
  const [end, disposed, lasting] = [onEvent(listener), onEvent(listener), onEvent(listener)];
  end();
  end();
  disposed[Symbol.dispose]();
  const client = new Client((await startSandbox(t)).options);
  await client.getToken();
  await until(() => heard.length >= 2);
  lasting();
  client.invalidate(await client.getToken());
  await client.getToken();
  assert.deepEqual(await names(all, 5), [...REFRESH, 'invalidated', ...REFRESH]);
  assert.deepEqual(heard, REFRESH);
});

test('a listener may end another, and begin one', async (t) => {
  const heard = [];
  const ends = [];
  t.after(() => ends.forEach((end) => end()));
  ends.push(
    onEvent(() => {
      ends[1]();
      if (ends.length === 2) ends.push(onEvent(({ name }) => heard.push(name)));
    }),
    onEvent(() => heard.push('ended before it was called')),
  );
  await new Client((await startSandbox(t)).options).getToken();
  await until(() => heard.length >= 1);
  assert.deepEqual(heard, ['refresh_succeeded']);
});

test('only a function can listen', () => {
  for (const wrong of [undefined, null, 'listener', {}]) assert.throws(() => onEvent(wrong), TypeError);
});

test('what a listener throws is an uncaught exception and takes nothing from the others', async (t) => {
  const { environment } = await startSandbox(t);
  const source = `
    const { getToken, onEvent } = require('xilnex-auth');
    process.on('uncaughtException', ({ message }) => console.log(message));
    onEvent(({ name }) => { throw new Error('thrown at ' + name) });
    onEvent(({ name }) => { console.log('heard ' + name); if (name !== 'refresh_started') clearInterval(alive) });
    const alive = setInterval(() => {}, 10_000);
    getToken();`;
  const { stdout, status } = await run(source, environment);
  assert.equal(status, 0);
  assert.deepEqual(stdout.trim().split('\n').sort(), [
    'heard refresh_started',
    'heard refresh_succeeded',
    'thrown at refresh_started',
    'thrown at refresh_succeeded',
  ]);
  const uncaught = await run(source.replace(/process\.on.*/, ''), environment);
  assert.equal(uncaught.status, 1);
  assert.match(uncaught.stderr, /Error: thrown at refresh_started/);
});

test('listening does not keep a process alive', async () => {
  const { status, seconds } = await run("require('xilnex-auth').onEvent(() => {})");
  assert.equal(status, 0);
  assert.ok(seconds < 7, `${seconds} s`);
});

test('what happened before a process ends is told before it does', async (t) => {
  const { environment } = await startSandbox(t);
  const source = `
    const { getTokenSync, onEvent } = require('xilnex-auth');
    onEvent(({ name }) => console.log(name));
    getTokenSync();
    process.exit();`;
  assert.match((await run(source, environment)).stdout, /^refresh_started\n/);
});

test('every thread hears of the whole process, and may end while it listens', async (t) => {
  const { options } = await startSandbox(t, '--latency', '0.2');
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    require(workerData).onEvent(({ name }) => parentPort.postMessage(name));
    parentPort.postMessage('ready');
    parentPort.on('message', () => {});`;
  const workers = [1, 2].map(() => new Worker(source, { eval: true, workerData: require.resolve('xilnex-auth') }));
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())));
  const heard = listen(t);
  const told = workers.map((worker) => {
    const messages = [];
    worker.on('message', (name) => messages.push(name));
    return messages;
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const client = new Client(options);
  await client.getToken();
  await until(() => told.every(({ length }) => length >= 3));
  for (const messages of told) assert.deepEqual(messages, ['ready', ...REFRESH]);
  await workers[0].terminate();
  client.invalidate(await client.getToken());
  const next = client.getToken();
  await workers[1].terminate();
  assert.ok(await next);
  assert.deepEqual(await names(heard, 5), [...REFRESH, 'invalidated', ...REFRESH]);
});

test('NODE_DEBUG writes the events', async (t) => {
  const { environment } = await startSandbox(t);
  const source = "require('xilnex-auth').getToken().then(() => setTimeout(() => {}, 100))";
  const quiet = await run(source, { ...environment, NODE_DEBUG: 'http2' });
  assert.ok(!quiet.stderr.includes('fetching'));
  const { stderr } = await run(source, { ...environment, NODE_DEBUG: 'xilnex-auth' });
  assert.match(stderr, /^XILNEX-AUTH \d+: sandbox-client: fetching a token$/m);
  assert.match(stderr, /^XILNEX-AUTH \d+: sandbox-client: token [0-9a-f]{8} after /m);
});
