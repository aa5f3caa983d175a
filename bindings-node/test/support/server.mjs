// An authorization server that answers as a test wants it, for what the sandbox does not do.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** An answer with a token that lives for so many seconds. */
export const token = (value, seconds) => ({
  status: 200,
  body: { access_token: value, token_type: 'Bearer', expires_in: seconds },
});

export const unavailable = { status: 503, body: {} };

/** Gives no answer. */
export const silence = undefined;

/** A server that ends with the test `t` and gives these answers, the last one again and again. */
export async function startServer(t, ...answers) {
  let requests = 0;
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests, answers.length - 1)];
    requests += 1;
    request.resume();
    if (!answer) return;
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    options: { baseUrl: `http://127.0.0.1:${server.address().port}`, clientId: 'etl', clientSecret: 'secret' },
    requests: () => requests,
  };
}
