// A resource server that keeps what it was asked and answers as a test wants it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export const ok = { status: 200, body: 'fine' };
export const refused = { status: 401, body: 'who are you?' };

/** An answer that leads elsewhere, with the method and body of the request. */
export const redirect = (location) => ({ status: 307, headers: { location }, body: '' });

/**
 * A server that ends with the test `t`. What it answers is a list, of which the last is given again and again, or made of
 * each request; without one the connection is closed. `requests` has what it was asked, `connections`
 * on how many, `answering` how many answers somebody still has to read.
 */
export async function startResource(t, ...answers) {
  const requests = [];
  let connections = 0;
  let answering = 0;
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    const asked = { method, path, headers, authorization: headers.authorization, body: await text(request) };
    requests.push(asked);
    const next = answers[Math.min(requests.length, answers.length) - 1];
    const answer = typeof next === 'function' ? next(asked) : next;
    if (!answer) return request.socket.destroy();
    answering += 1;
    response.on('close', () => (answering -= 1));
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, url: `${origin}/data`, requests, connections: () => connections, answering: () => answering };
}

/** Waits until something is so, and fails if it is not in five seconds. */
export async function until(isSo) {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries === 100) throw new Error(`never: ${isSo}`);
    await sleep(50);
  }
}
