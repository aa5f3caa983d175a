// The programs in examples, and those in the README, run against a sandbox.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { startSandbox } from './support/rules.mjs';
import { plainEnvironment, root, runFile } from './support/sandbox.mjs';

const example = (name) => join(root, 'examples', `${name}.mjs`);

/** The address that the service of express tells, running in this environment until the test ends. */
async function serve(t, environment) {
  const child = spawn(process.execPath, [example('express')], {
    env: { ...plainEnvironment, ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { child, address: String(line).trim() };
}

/** A sandbox, and the environment of a program that asks its resource. */
async function given(t, options) {
  const { sandbox } = await startSandbox(t, options);
  return { sandbox, environment: { ...sandbox.environment, API_URL: sandbox.baseUrl } };
}

test('the job', async (t) => {
  const { sandbox, environment } = await given(t);
  const { status, stdout, stderr } = await runFile(process.execPath, [example('job')], environment);
  const told = 'rows before: 0\naccepted: 2\ngood for ten minutes: true\nrejected: invalid_client\n';
  assert.deepEqual([status, stdout, stderr], [0, told, '']);
  assert.equal(sandbox.tokenRequests, 2);
});

test('the service of express', async (t) => {
  const { sandbox, environment } = await given(t);
  const { child, address } = await serve(t, environment);
  const ask = () => fetch(address);
  const rows = async (answer) => [answer.status, (await answer.json()).rows];
  assert.deepEqual(await rows(await ask()), [200, []]);
  sandbox.revokeTokens();
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  for (const answer of answers) assert.deepEqual(await rows(answer), [200, []]);
  assert.equal(sandbox.tokenRequests, 2);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('the service of express without a token', async (t) => {
  const { environment } = await given(t, { script: [{ status: 503, headers: { 'Retry-After': '60' } }] });
  const { address } = await serve(t, environment);
  const answer = await fetch(address);
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '60']);
  assert.deepEqual(await answer.json(), { error: 'unavailable' });
});

test('the provider of NestJS', async (t) => {
  const { sandbox, environment } = await given(t);
  const { status, stdout, stderr } = await runFile(process.execPath, [example('nest')], environment);
  assert.deepEqual([status, stdout, stderr, sandbox.tokenRequests], [0, 'rows: 0\n', '', 1]);
});

test('the workers', async (t) => {
  const { sandbox, environment } = await given(t);
  const { status, stdout, stderr } = await runFile(process.execPath, [example('worker')], environment);
  assert.deepEqual([status, stdout, stderr, sandbox.tokenRequests], [0, 'answers: 201 201 201 201\n', '', 1]);
});

test('the programs in the README', async (t) => {
  const { sandbox, environment } = await given(t);
  const folder = mkdtempSync(join(root, 'test', 'readme-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const secret = join(folder, 'secret');
  writeFileSync(secret, sandbox.clientSecret);
  const blocks = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```js\n(.*?)^```$/gms);
  const programs = [...blocks].map(([, block]) =>
    block
      .replaceAll('https://api.example.com', sandbox.baseUrl)
      .replaceAll('/run/secrets/xilnex', secret)
      .replaceAll("clientId: 'etl'", `clientId: '${sandbox.clientId}'`),
  );
  assert.ok(programs.length >= 6, `${programs.length} programs`);
  for (const program of programs) {
    const path = join(folder, 'program.mjs');
    writeFileSync(path, program);
    const { status, stdout, stderr } = await runFile(process.execPath, [path], environment);
    assert.deepEqual([status, stderr], [0, ''], `${program}\n${stdout}${stderr}`);
  }
});
