// A program that gets a token, rests, and frees everything: what of secret and token is left in it is looked at from
// outside. Usage: node --expose-gc client.mjs BASE_URL SECRET_FILE CA_FILE|- CLIENT_AUTH MODE
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { Client } = createRequire(`${process.cwd()}/`)('xilnex-auth');
const [baseUrl, secretFile, caFile, clientAuth, mode] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

function makeClient() {
  const secret = mode === 'literal' ? { clientSecret: readFileSync(secretFile, 'utf8') } : { clientSecretFile: secretFile };
  const more = caFile === '-' ? {} : { caFile };
  return new Client({ clientId: 'till-7', baseUrl, clientAuth, ...secret, ...more });
}

/** The token as an object; in one mode its text is asked for too, which makes it JavaScript's. */
async function ask(client) {
  const answer = client.accessToken();
  if (mode === 'failing') {
    await answer.then(
      () => process.exit(4),
      () => undefined,
    );
    return undefined;
  }
  if (mode === 'text') await client.getToken();
  return answer;
}

async function tellAndWait(word) {
  console.log(word);
  if ((await lines.next()).done) process.exit(5);
}

async function hold() {
  const client = makeClient();
  const token = await ask(client);
  await tellAndWait('held');
  client.close();
  return token === undefined;
}

await hold();
// Objects go when the collector comes; their finalizers run a turn later.
for (let turn = 0; turn < 5; turn++) {
  globalThis.gc();
  await new Promise((done) => setImmediate(done));
}
await tellAndWait('freed');
