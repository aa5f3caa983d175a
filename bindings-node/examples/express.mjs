// A service of express that asks another one, with one client for its whole life.
import express from 'express';
import { Client, authFetch } from 'xilnex-auth';

const address = process.env.API_URL ?? 'https://api.example.com';
const client = new Client();
const api = authFetch(client, { origins: [address] });

const app = express();

app.get('/stock', async (request, response) => {
  const answer = await api(`${address}/data`, { signal: AbortSignal.timeout(5000) });
  response.status(answer.status).json(await answer.json());
});

/** Why there was no answer or no token: the caller may come again, or somebody has to look. */
app.use((error, request, response, next) => {
  if (error.name === 'TimeoutError') return response.status(504).json({ error: 'timeout' });
  if (error.name !== 'XilnexAuthError') return next(error);
  if (error.retryAfter) response.set('Retry-After', String(Math.ceil(error.retryAfter)));
  response.status(error.isRetryable ? 503 : 500).json({ error: error.code });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/stock`);
});

process.on('SIGTERM', () => {
  server.close();
  client.close();
});
