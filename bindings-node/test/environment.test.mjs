// The environment that configures a client: what the program sees, whatever stands in the place of `process.env`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { run, startSandbox } from './support/sandbox.mjs';

/** Tells that there is a token, that without its identifier there is none, and what was left behind. */
const PROGRAM = `
  const before = Object.keys(process.env).length;
  const { Client } = require('xilnex-auth');
  new Client().getToken().then((token) => {
    delete process.env.XILNEX_CLIENT_ID;
    const left = Object.keys(process.env).length - before;
    try { new Client(); } catch (error) { console.log(token.length > 9, error.code, left); }
  });`;

const places = {
  'is what a program sets': (values) => `Object.assign(process.env, ${values});`,
  'is an object in the place of process.env': (values) => `process.env = { ...process.env, ...${values} };`,
  'is a proxy in the place of process.env, as test runners have': (values) =>
    `process.env = new Proxy(${values}, { set: (target, name, value) => Reflect.set(target, name, String(value)) });`,
};

for (const [name, put] of Object.entries(places)) {
  test(`the environment ${name}`, async (t) => {
    const sandbox = await startSandbox(t);
    const { stdout, stderr } = await run(put(JSON.stringify(sandbox.environment)) + PROGRAM);
    assert.equal(stdout, 'true invalid_config -1\n', stderr);
    assert.equal(await sandbox.tokenRequests(), 1);
  });
}

test('of a variable in the environment of the process JavaScript makes no text', async (t) => {
  const sandbox = await startSandbox(t);
  const watched = `
    const { lookUp } = require(require.resolve('xilnex-auth').replace('index.js', 'modules.js'))('./environment.js');
    console.log(lookUp());`;
  const { stdout } = await run(watched, sandbox.environment);
  assert.equal(stdout, 'undefined\n');
});
