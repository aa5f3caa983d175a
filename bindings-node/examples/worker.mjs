// Worker threads: each makes its own client, and all of them share one token and one request for it.
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, threadId } from 'node:worker_threads';
import { authFetch } from 'xilnex-auth';

const address = process.env.API_URL ?? 'https://api.example.com';

if (isMainThread) {
  const workers = Array.from({ length: 4 }, () => new Worker(new URL(import.meta.url)));
  const told = await Promise.all(workers.map((worker) => once(worker, 'message')));
  console.log('answers:', told.flat().join(' '));
} else {
  const api = authFetch(undefined, { origins: [address] });
  const body = JSON.stringify({ thread: threadId });
  const { status } = await api(`${address}/data`, { method: 'POST', body });
  parentPort.postMessage(status);
}
