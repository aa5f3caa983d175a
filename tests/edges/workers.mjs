// Workers that are terminated at any instant of a fetch: each ends at once, and the main thread gets the token of the
// very request that the worker began.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { add, atOnce, auth, bounded, newFigure, note, path } from './_figures.mjs';
import { runNode, scale, spread, tell, tokenRequests } from './_figures.mjs';

const program = fileURLToPath(import.meta.url);

/** Milliseconds from the call to the latest end: a little more than the sandbox takes to answer. */
const LONGEST = 130;

/** Workers that live at once. */
const LANES = 4;

/** Workers in one process, so that a crash does not take the others. */
const SHARE = 100;

/** Milliseconds in which such a process has to be done. */
const PATIENCE = 120_000;

/** A configuration for each worker: each begins without a token. */
const optionsOf = (index) => ({ connectTimeout: 3 + index / 1e6 });

/** By promise or blocking, with a listener or without; no modules of its own, because a thousand of them start. */
const SOURCE = `
  const { parentPort, workerData: { index, options, path } } = require('node:worker_threads');
  const { Client, onEvent } = require(path);
  const client = new Client(options);
  if (index % 3 === 0) onEvent(({ message }) => message.length);
  parentPort.postMessage('calls');
  if (index % 2) client.getTokenSync();
  else client.getToken();`;

async function terminate(index, figure) {
  const options = optionsOf(index);
  const worker = new Worker(SOURCE, { eval: true, workerData: { index, options, path } });
  worker.on('error', (problem) => note(figure, problem));
  await once(worker, 'message');
  await sleep(spread(index) * LONGEST);
  await bounded(figure, worker.terminate());
  const token = await bounded(figure, new auth.Client(options).getToken().catch((problem) => note(figure, problem)));
  if (typeof token === 'string') figure.count += 1;
}

/** In a process of its own: the workers from `first` to the one before `last`. */
async function share(first, last) {
  const figure = newFigure();
  await atOnce(LANES, last - first, (offset) => terminate(first + offset, figure));
  console.log(JSON.stringify(figure));
  // A thread that hangs would keep the process from ending.
  if (figure.hangs) process.kill(process.pid, 'SIGKILL');
}

async function main(count) {
  const figure = newFigure();
  const before = await tokenRequests();
  for (let first = 0; first < count; first += SHARE) {
    const last = Math.min(first + SHARE, count);
    const ending = newFigure();
    const { printed } = await runNode(ending, [program, '--share', first, last], PATIENCE);
    // One that told its figure was done: nothing is lost by how it ended.
    add(figure, printed ? JSON.parse(printed) : ending);
  }
  figure.requests = (await tokenRequests()) - before;
  const { count: tokens, requests } = figure;
  if (tokens !== count || requests !== count) note(figure, `${tokens} tokens by ${requests} requests, not ${count}`);
  tell('Node: a worker is terminated at any instant of a fetch, four at once', figure);
}

const [, , first, ...bounds] = process.argv;
if (first === '--share') await share(...bounds.map(Number));
else await main(scale());
