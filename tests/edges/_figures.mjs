// What the edge programs in JavaScript share: the installed package, bounded waits, processes in which a crash is
// survived, and figures as lines of JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where `make stage` installs the package as its users would. */
const stage = fileURLToPath(new URL('../../target/stage/node/', import.meta.url));
export const path = createRequire(stage).resolve('xilnex-auth');
export const auth = createRequire(stage)(path);

/** Milliseconds after which something that should have ended hangs. */
const PATIENCE = 5000;

export const newFigure = () => ({ count: 0, hangs: 0, crashes: 0, wrong: 0, slowest_ms: 0 });

/** Enters what a part of the work counted. */
export function add(figure, part) {
  for (const [name, value] of Object.entries(part)) {
    figure[name] = name === 'slowest_ms' ? Math.max(figure[name], value) : figure[name] + value;
  }
}

/** Something was not as it should be. */
export function note(figure, problem) {
  figure.wrong += 1;
  if (figure.wrong <= 20) console.error('wrong:', problem);
}

/** What `promise` ends with; undefined, and a hang is counted, when it has not after so many milliseconds. */
export async function bounded(figure, promise, patience = PATIENCE) {
  const began = performance.now();
  const late = Symbol('late');
  let timer;
  const found = await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, patience, late)))]);
  clearTimeout(timer);
  figure.slowest_ms = Math.max(figure.slowest_ms, Math.ceil(performance.now() - began));
  if (found !== late) return found;
  figure.hangs += 1;
  return undefined;
}

/** Runs Node in a process of its own and gives its exit status and what it printed. */
export async function runNode(figure, words, patience) {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  const ended = await bounded(figure, once(child, 'close'), patience);
  if (!ended) child.kill('SIGKILL');
  const [status, signal] = ended ?? [];
  if (signal) figure.crashes += 1;
  return { status, printed };
}

/** How many token requests the sandbox has received. */
export async function tokenRequests() {
  const answer = await fetch(`${process.env.XILNEX_BASE_URL}/sandbox`, { signal: AbortSignal.timeout(PATIENCE) });
  return (await answer.json()).token_requests;
}

/** A number in 0..1 for each index: evenly spread however many there are, and the same in every run. */
export const spread = (index) => (index * 0.6180339887498949) % 1;

/** Does `work` for each index below `count`, so many at a time. */
export async function atOnce(lanes, count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Prints a figure. The program fails if it is not good. */
export function tell(sentence, figure) {
  console.log(JSON.stringify({ figure: sentence, ...figure }));
  if (figure.hangs || figure.crashes || figure.wrong) process.exitCode = 1;
}

/** The SCALE that the program was given. */
export function scale() {
  const count = Number(process.argv[2]);
  if (Number.isInteger(count) && count > 0 && process.env.XILNEX_BASE_URL) return count;
  console.error(`usage: xilnex-auth sandbox --latency 0.1 -- node ${process.argv[1]} SCALE`);
  return process.exit(2);
}
