// What an ES module in TypeScript writes; it is compiled, not run.
import axios, { type AxiosInstance } from 'axios';
import test from 'node:test';
import { Agent, type Dispatcher } from 'undici';
import { AccessToken, Client, XilnexAuthError, authFetch, getToken, getTokenSync, onEvent, version } from 'xilnex-auth';
import { installXilnexAuth } from 'xilnex-auth/axios';
import { Sandbox, withSandbox } from 'xilnex-auth/testing';
import type { SandboxOptions, ScriptedAnswer } from 'xilnex-auth/testing';
import { xilnexAuth } from 'xilnex-auth/undici';
import type { CallOptions, ClientOptions, Stats, TokenEvent, XilnexAuthErrorCode } from 'xilnex-auth';

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
const stats: Stats = client.stats();
const failed: number = stats.failures.rejected ?? stats.failures['one of later'] ?? 0;
const age: number | undefined = stats.lastRefresh ?? stats.expiresIn;
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
      error.isRepeated,
    );
  }
}

function log({ name, at, clientId, took = 0, error, isWarning, message }: TokenEvent): void {
  if (name === 'refresh_failed') console.log(at.getTime(), clientId, took.toFixed(3), error?.code, isWarning, message);
}
using subscription = onEvent(log);
const end: () => void = onEvent(async (event) => console.log(event.token?.length, event.expiresIn));
end();

const origins = ['https://api.example.test', new URL('https://other.example.test')];
const api: typeof fetch = authFetch(client, { origins, fetch });
const found: Response = await api(new Request('https://api.example.test/data'), { signal: AbortSignal.timeout(1) });
const plain: typeof fetch = authFetch();
const http: AxiosInstance = installXilnexAuth(axios.create(), { client, origins });
const agent: Dispatcher = new Agent().compose(xilnexAuth({ client, origins }), xilnexAuth());

const script: ScriptedAnswer[] = ['close', { status: 503, headers: { 'Retry-After': '1' }, delay: 0.5 }, { raw: 'x' }];
const sandboxOptions: SandboxOptions = { ttl: 60, tls: true, script, fault: 'refuse', faultTimes: undefined };
test('a job', async (t) => {
  const sandbox: Sandbox = await withSandbox(t, sandboxOptions);
  await using another = await Sandbox.start({ scope: 'coreapi' });
  sandbox.advance(3600);
  using own = another.client({ timeout: 1, baseUrl: sandbox.baseUrl });
  const seen: string[] = sandbox.requests.map(({ path, headers }) => `${path} ${headers['authorization'] ?? own.baseUrl}`);
  console.log(seen, sandbox.tokenRequests, sandbox.caFile?.length, sandbox.environment['XILNEX_SCOPE'], sandbox.dataUrl);
});

// @ts-expect-error: a sandbox is started, not made.
new Sandbox();
// @ts-expect-error: a misspelt list would let a token go anywhere.
authFetch(client, { origin: ['https://api.example.test'] });
// @ts-expect-error: an option is written in camel case.
new Client({ client_id: 'etl' });
// @ts-expect-error: a blocking call cannot hear a signal.
client.getTokenSync({ signal: AbortSignal.timeout(1) });
// @ts-expect-error: only the library makes tokens.
new AccessToken();
// @ts-expect-error: a count is read, not set.
stats.requests = 0;
// @ts-expect-error: a token cannot be changed.
token.value = 'another';

export { age, agent, found, http, plain, dropped, facts, failed, getTokenSync, header, left, version };
