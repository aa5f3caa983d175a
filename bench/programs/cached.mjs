// What a call for a token at hand costs in Node, ours and the rivals', by mitata, one after the other in each round.
// Usage: cached.mjs ROUNDS; prints the median nanoseconds of each case and round as JSON.
import { createRequire } from 'node:module';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { do_not_optimize, measure } from 'mitata';
import { ClientCredentials } from 'simple-oauth2';
import { Client, getToken } from 'xilnex-auth';

const { XILNEX_BASE_URL, XILNEX_CLIENT_ID, XILNEX_CLIENT_SECRET, BENCH_DISCOVERY, BENCH_TLS_SECRET } = process.env;
const { noop } = createRequire(import.meta.url)('./noop.node');

const client = new Client();
const text = await client.getToken();
await getToken();

const msal = new ConfidentialClientApplication({
  auth: {
    clientId: XILNEX_CLIENT_ID,
    clientSecret: BENCH_TLS_SECRET,
    authority: `${BENCH_DISCOVERY}/bench`,
    knownAuthorities: [new URL(BENCH_DISCOVERY).host],
  },
  system: { protocolMode: 'OIDC' },
});
const scopes = { scopes: ['coreapi'] };
await msal.acquireTokenByClientCredential(scopes);

const simple = await new ClientCredentials({
  client: { id: XILNEX_CLIENT_ID, secret: XILNEX_CLIENT_SECRET },
  auth: { tokenHost: XILNEX_BASE_URL, tokenPath: '/connect/token' },
}).getToken({ scope: 'coreapi' });

const kept = text;
const until = Date.now() + 3_600_000;
const closure = () => (Date.now() < until ? kept : undefined);

const CASES = {
  get_token: () => client.getToken(),
  async_string: async () => text,
  module_get_token: () => getToken(),
  async_floor: async () => closure(),
  get_token_sync: () => do_not_optimize(client.getTokenSync()),
  date_closure: () => do_not_optimize(closure()),
  napi_noop: () => do_not_optimize(noop()),
  simple_oauth2: () => do_not_optimize(simple.expired()),
  msal: () => msal.acquireTokenByClientCredential(scopes),
};

// No collection is forced: its time is of the heap, not of the call.
const settings = { min_cpu_time: 12e6, gc: false };
const rounds = Number(process.argv[2]);
const found = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, call] of Object.entries(CASES)) {
    found[name].push((await measure(call, { ...settings })).p50);
  }
}
console.log(JSON.stringify(found));
