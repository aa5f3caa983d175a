// Processes that end at any instant of a fetch, in every way that a program may: at once, and with their own status.
import { atOnce, newFigure, note, path, runNode, scale, spread, tell, tokenRequests } from './_figures.mjs';

/** Milliseconds from the call to the latest end: a little more than the sandbox takes to answer. */
const LONGEST = 130;

/** Processes that live at once. */
const LANES = 2;

/** The ways to end, each with the status that it has to end with. */
const WAYS = [
  ['getToken(); later(() => process.exit(3))', 3],
  ['onEvent(() => {}); getToken(); later(() => process.exit(3))', 3],
  ['onEvent(() => process.exit(3)); getToken()', 3],
  // Nobody waits any more, so the program is at its end; the request is still under way.
  ['getToken({ signal }).catch(() => {}); later(() => controller.abort())', 0],
  ['onEvent(() => {}); getToken({ signal }).catch(() => {}); later(() => controller.abort())', 0],
  ['process.on("uncaughtException", () => process.exit(4)); getToken(); later(() => { throw new Error() })', 4],
  ['new Worker(`require(${JSON.stringify(path)}).getTokenSync()`, { eval: true }); later(() => process.exit(3))', 3],
];

const sourceOf = (way) => `
  const { Worker } = require('node:worker_threads');
  const [, path, milliseconds] = process.argv;
  const { getToken, onEvent } = require(path);
  const controller = new AbortController();
  const { signal } = controller;
  const later = (end) => setTimeout(end, milliseconds);
  ${way};`;

async function leave(index, figure) {
  const [way, expected] = WAYS[index % WAYS.length];
  const { status } = await runNode(figure, ['--eval', sourceOf(way), path, spread(index) * LONGEST]);
  figure.count += 1;
  if (status !== expected && status != null) note(figure, `status ${status} after ${way}`);
}

const count = Math.max(WAYS.length, Math.round(scale() / 10));
const figure = newFigure();
const before = await tokenRequests();
await atOnce(LANES, count, (index) => leave(index, figure));
figure.requests = (await tokenRequests()) - before;
if (figure.requests > count) note(figure, `${figure.requests} requests by ${count} processes`);
tell('Node: a process ends at any instant of a fetch, in seven ways', figure);
