// What an ES module in TypeScript writes; it is compiled, not run.
import { AccessToken, Client, XilnexAuthError, getToken, getTokenSync, version } from 'xilnex-auth';
import type { CallOptions, ClientOptions, XilnexAuthErrorCode } from 'xilnex-auth';

const options: ClientOptions = {
  clientId: 'etl',
  clientSecretFile: new URL('file:///run/secrets/xilnex'),
  baseUrl: 'https://auth.example.test',
  scope: 'coreapi',
  clientAuth: 'basic',
  timeout: 2.5,
  caFile: undefined,
};
const call: CallOptions = { minTtl: 600, timeout: 5, signal: AbortSignal.timeout(1000) };

using client = new Client(options);
const text: string = await client.getToken(call);
const token: AccessToken = await client.accessToken();
const left: number = token.expiresAt.getTime() - Date.now();
const header: string = client.authorizationHeaderSync({ minTtl: 1 });
const dropped: boolean = client.invalidate(text) || client.invalidate(token);
const facts: string | undefined = client.scope ?? token.scope;

try {
  await getToken();
} catch (error) {
  if (error instanceof XilnexAuthError && error.code === 'rejected') {
    const code: XilnexAuthErrorCode = error.code;
    const wait: number | undefined = error.retryAfter;
    console.log(
      code,
      wait,
      error.hint?.length,
      error.oauthError,
      error.httpStatus,
      error.attempts,
      error.isRetryable,
    );
  }
}

// @ts-expect-error: an option is written in camel case.
new Client({ client_id: 'etl' });
// @ts-expect-error: a blocking call cannot hear a signal.
client.getTokenSync({ signal: AbortSignal.timeout(1) });
// @ts-expect-error: only the library makes tokens.
new AccessToken();
// @ts-expect-error: a token cannot be changed.
token.value = 'another';

export { dropped, facts, getTokenSync, header, left, version };
