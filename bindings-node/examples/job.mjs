// A job: everything from the environment, one header, and what to do when there is no token.
import { Client, XilnexAuthError, authFetch, getToken } from 'xilnex-auth';

const address = process.env.API_URL ?? 'https://api.example.com';

// One request by hand.
const answer = await fetch(`${address}/data`, { headers: { authorization: `Bearer ${await getToken()}` } });
console.log('rows before:', (await answer.json()).rows.length);

// The same with the header, and one retry after a 401, done for it.
const client = new Client();
const api = authFetch(client, { origins: [address] });
const sent = await api(`${address}/data`, { method: 'POST', body: JSON.stringify([{ sku: 'A1' }, { sku: 'B2' }]) });
console.log('accepted:', (await sent.json()).accepted);

// A token that outlives a long upload, for a caller that does not wait for ever.
try {
  const token = await client.accessToken({ signal: AbortSignal.timeout(5000), minTtl: 600 });
  console.log('good for ten minutes:', token.expiresAt - Date.now() > 600_000);
} catch (error) {
  if (!(error instanceof XilnexAuthError)) throw error;
  console.error(error.code, error.message, error.hint ?? '');
  process.exitCode = error.isRetryable ? 75 : 1;
}

// A refusal is an error with a code and a hint.
try {
  await new Client({ clientSecret: 'of another environment' }).getToken();
} catch (error) {
  if (error instanceof XilnexAuthError && error.code === 'rejected') console.log('rejected:', error.oauthError);
}
