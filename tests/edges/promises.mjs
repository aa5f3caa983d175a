// Ten thousand promises and four threads that all need a token when there is none: one request, one token or one error.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';
import { auth, bounded, newFigure, note, path, scale, tell, tokenRequests } from './_figures.mjs';

const PROMISES = 10_000;
const THREADS = 4;

/** How often one flight asks a server that cannot answer. */
const ATTEMPTS = 3;

/** Calls all at once, and gives what became of each. */
async function crowd(figure, client) {
  const settled = await bounded(figure, Promise.allSettled(Array.from({ length: PROMISES }, () => client.getToken())));
  figure.count = settled?.length ?? 0;
  return settled ?? [];
}

async function cold() {
  const figure = newFigure();
  const before = await tokenRequests();
  const settled = await crowd(figure, new auth.Client({ connectTimeout: 4 }));
  const tokens = new Set(settled.map(({ value }) => value));
  figure.requests = (await tokenRequests()) - before;
  if (tokens.size !== 1 || tokens.has(undefined)) note(figure, `${tokens.size} outcomes`);
  if (figure.requests !== 1) note(figure, `${figure.requests} requests`);
  tell('Node: ten thousand promises at once, no token at hand', figure);
}

/** Calls `work` with the address of a server that answers nothing but 503, and gives its count of requests. */
async function withFailingServer(work) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().on('end', () => setTimeout(() => response.writeHead(503).end(), 50));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await work(`http://127.0.0.1:${server.address().port}`);
  server.close();
  server.closeAllConnections();
  return requests;
}

async function failing() {
  const figure = newFigure();
  let settled;
  figure.requests = await withFailingServer(async (baseUrl) => {
    settled = await crowd(figure, new auth.Client({ baseUrl }));
  });
  const told = ({ reason }) => `${reason?.code}, ${reason?.attempts} attempts, repeated: ${reason?.isRepeated}`;
  const outcomes = [...new Set(settled.map(told))];
  if (outcomes.join() !== `unavailable, ${ATTEMPTS} attempts, repeated: false`) note(figure, outcomes);
  if (figure.requests !== ATTEMPTS) note(figure, `${figure.requests} requests`);
  tell('Node: ten thousand promises at once, the server fails: one flight, one error', figure);
}

const SOURCE = `
  const { parentPort, workerData: { isBlocking, options, path, start } } = require('node:worker_threads');
  const client = new (require(path).Client)(options);
  parentPort.postMessage('ready');
  Atomics.wait(start, 0, 0);
  if (isBlocking) parentPort.postMessage(client.getTokenSync());
  else client.getToken().then((token) => parentPort.postMessage(token));`;

async function threads() {
  const figure = newFigure();
  const before = await tokenRequests();
  const start = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: THREADS }, (_, index) => {
    const workerData = { isBlocking: index % 2 === 1, options: { connectTimeout: 5 }, path, start };
    return new Worker(SOURCE, { eval: true, workerData });
  });
  workers.forEach((worker) => worker.on('error', (problem) => note(figure, problem)));
  await bounded(newFigure(), Promise.all(workers.map((worker) => once(worker, 'message'))));
  const told = workers.map((worker) => once(worker, 'message'));
  Atomics.store(start, 0, 1);
  Atomics.notify(start, 0);
  const tokens = (await bounded(figure, Promise.all(told))) ?? [];
  await bounded(figure, Promise.all(workers.map((worker) => worker.terminate())));
  figure.count = tokens.length;
  figure.requests = (await tokenRequests()) - before;
  const kinds = new Set(tokens.map(([token]) => token)).size;
  if (kinds !== 1 || figure.requests !== 1) note(figure, `${kinds} tokens by ${figure.requests} requests`);
  tell('Node: four threads at once, no token at hand', figure);
}

// The numbers are those of the promise: they do not grow with the scale.
scale();
await cold();
await failing();
await threads();
