// The installed package, sandboxes started by its own command line, and programs that run against them.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Where `make stage` installs the package as its users would. */
export const stage = fileURLToPath(new URL('../../../target/stage/node/', import.meta.url));
export const root = fileURLToPath(new URL('../../', import.meta.url));
export const require = createRequire(stage);
export const auth = require('xilnex-auth');
export const bin = `${stage}node_modules/.bin/xilnex-auth`;

/** Milliseconds after which a process that was started here is ended. */
const PATIENCE = 30_000;

/** The environment without anything that configures a client. */
export const plainEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^XILNEX_|_PROXY$|^NODE_OPTIONS$|^NODE_TEST/i.test(name)),
);
for (const name of Object.keys(process.env)) {
  if (!(name in plainEnvironment)) delete process.env[name];
}

/** A sandbox that ends with the test `t`. */
export async function startSandbox(t, ...options) {
  const child = spawn(bin, ['sandbox', ...options], {
    env: plainEnvironment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const environment = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('export ')) continue;
    const [name, value] = line.replace('export ', '').split('=');
    environment[name] = value;
    if (name === 'XILNEX_SCOPE') break;
  }
  const { XILNEX_BASE_URL: baseUrl, XILNEX_CLIENT_ID: clientId, XILNEX_CLIENT_SECRET: clientSecret } = environment;
  return {
    environment,
    options: { baseUrl, clientId, clientSecret, scope: environment.XILNEX_SCOPE },
    tokenRequests: async () => (await (await fetch(`${baseUrl}/sandbox`)).json()).token_requests,
  };
}

/** Runs a program of JavaScript beside the installed package, and gives its exit status and what it wrote. */
export async function run(source, environment = {}, ...words) {
  return runFile(process.execPath, [...words, '--eval', source], environment);
}

export async function runFile(file, words, environment = {}) {
  const began = performance.now();
  const settings = { cwd: stage, env: { ...plainEnvironment, ...environment }, timeout: PATIENCE };
  const ended = await promisify(execFile)(file, words, settings).catch((problem) => problem);
  const { code = 0, signal = null, stdout, stderr } = ended;
  return { status: code, signal, stdout, stderr, seconds: (performance.now() - began) / 1000 };
}
