// The package as it is installed: its modules, its loader, its command line.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test from 'node:test';
import { auth, bin, plainEnvironment, require, root, run, runFile, startSandbox } from './support/sandbox.mjs';

const installed = dirname(require.resolve('xilnex-auth'));
const workspace = readFileSync(join(root, '../Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m)[1];

test('the version is that of the workspace', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.deepEqual(
    [version, require('xilnex-auth/package.json').version, auth.version],
    [workspace, workspace, workspace],
  );
});

test('import and require give the same objects', async () => {
  const source = `
    const required = require('xilnex-auth');
    import('xilnex-auth').then((imported) => {
      const names = Object.keys(required);
      console.log(names.join(), names.every((name) => imported[name] === required[name]));
    });`;
  const { stdout } = await run(source);
  assert.equal(stdout, 'AccessToken,Client,XilnexAuthError,authFetch,getToken,getTokenSync,onEvent,version true\n');
});

test('a test suite may load the package more than once', async (t) => {
  const { environment } = await startSandbox(t, '--latency', '0.2');
  const source = `
    const load = () => {
      for (const path of Object.keys(require.cache)) delete require.cache[path];
      return require('xilnex-auth');
    };
    const clients = [load(), load(), load()].map(({ Client }, index) => new Client({ timeout: 5 + index }));
    const calls = clients.map((client) => client.getToken()).concat(clients.map((client) => client.getTokenSync()));
    Promise.all(calls).then((tokens) => console.log(tokens.every((token) => typeof token === 'string')));`;
  assert.equal((await run(source, environment)).stdout, 'true\n');
});

test('nothing else can be imported', () => {
  assert.throws(() => require('xilnex-auth/modules.js'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
});

test('the package holds what it needs and nothing else', () => {
  const { dependencies, scripts } = require('xilnex-auth/package.json');
  assert.equal(dependencies, undefined);
  assert.deepEqual(
    Object.keys(scripts).filter((name) => /install|prepare/.test(name)),
    [],
  );
  const names = readdirSync(installed).filter((name) => !/\.(js|mjs|node|d\.ts|d\.mts)$/.test(name));
  const papers = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'THIRD-PARTY-NOTICES.md', 'sbom.cyclonedx.json'];
  assert.deepEqual(names.sort(), [...papers, 'bin', 'package.json'].sort());
});

test('every native function catches its panics', () => {
  const folders = ['src', 'sandbox/src'].map((name) => join(root, name));
  const paths = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const sources = paths.map((path) => readFileSync(path, 'utf8'));
  const attributes = sources.join('\n').match(/#\[napi\b.*\]\s*(?:#\[.*\]\s*)*pub fn/g);
  assert.ok(attributes.length >= 18, `${attributes.length} functions`);
  assert.deepEqual(
    attributes.filter((attribute) => !attribute.includes('catch_unwind')),
    [],
  );
});

/** Each native part, by the beginning of its name, and a module that loads it. */
const NATIVES = [
  ['xilnex-auth.', 'index.js'],
  ['xilnex-auth-sandbox.', 'testing.js'],
];

/** A copy of the installed package that ends with the test. */
function copy(t) {
  const folder = mkdtempSync(join(tmpdir(), 'xilnex-auth-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(installed, folder, { recursive: true });
  return {
    native: (prefix) =>
      join(
        folder,
        readdirSync(folder).find((name) => name.startsWith(prefix) && name.endsWith('.node')),
      ),
    load: (module) => run(`require(${JSON.stringify(join(folder, module))})`),
    path: (name) => join(folder, name),
  };
}

test('a missing native part is one error that says what to do', async (t) => {
  for (const [prefix, module] of NATIVES) {
    const { native, load } = copy(t);
    rmSync(native(prefix));
    const { status, stderr } = await load(module);
    assert.equal(status, 1);
    const told = [process.platform, process.arch, process.version, `${prefix}${process.platform}`, '.node: '];
    for (const word of [...told, 'Install the package anew']) {
      assert.ok(stderr.includes(word), `${word} is not in ${stderr}`);
    }
  }
});

/** The name of the package for this machine; the tests run with glibc. */
const PLATFORM = `${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;

/** A copy as it is published: its native parts lie in the package of the platform, or in none. */
function published(t, packages) {
  const made = copy(t);
  const folder = made.path(`node_modules/xilnex-auth-${PLATFORM}`);
  mkdirSync(folder, { recursive: true });
  for (const [prefix] of NATIVES) renameSync(made.native(prefix), join(folder, basename(made.native(prefix))));
  writeFileSync(join(folder, 'package.json'), '{}');
  const described = JSON.parse(readFileSync(made.path('package.json'), 'utf8'));
  described.optionalDependencies = Object.fromEntries(packages.map((name) => [`xilnex-auth-${name}`, workspace]));
  writeFileSync(made.path('package.json'), JSON.stringify(described));
  return { ...made, folder };
}

test('a native part is found in the package of the platform', async (t) => {
  const { load } = published(t, [PLATFORM]);
  for (const [, module] of NATIVES) assert.equal((await load(module)).stderr, '');
});

test('a build of one\'s own goes before the package of the platform', async (t) => {
  const { load, folder, path } = published(t, [PLATFORM]);
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.node'))) {
    cpSync(join(folder, name), path(name));
    writeFileSync(join(folder, name), 'junk');
  }
  for (const [, module] of NATIVES) assert.equal((await load(module)).status, 0);
});

test('a missing package of the platform is named, with what to do', async (t) => {
  const { load, folder } = published(t, [PLATFORM]);
  rmSync(folder, { recursive: true });
  const { status, stderr } = await load('index.js');
  assert.equal(status, 1);
  for (const words of [
    `The optional package xilnex-auth-${PLATFORM} is missing`,
    '--omit=optional',
    `npm install xilnex-auth-${PLATFORM}@${workspace}`,
    `npx xilnex-auth-source@${workspace}`,
  ]) {
    assert.ok(stderr.includes(words), `${words} is not in ${stderr}`);
  }
});

test('a package of the platform that cannot be loaded is told to be so', async (t) => {
  const { load, folder } = published(t, [PLATFORM]);
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.node'))) writeFileSync(join(folder, name), '');
  const { stderr } = await load('index.js');
  assert.ok(stderr.includes(`The package xilnex-auth-${PLATFORM} is installed and cannot be loaded`), stderr);
});

test('a platform without a package is told which ones there are, and how to build', async (t) => {
  const { load, folder } = published(t, ['beos-x64', 'plan9-arm64']);
  rmSync(folder, { recursive: true });
  const { stderr } = await load('index.js');
  assert.match(stderr, /There is no package for this platform; there are beos-x64, plan9-arm64\. Where Rust is installed/);
});

test('a broken native part is told with its cause', async (t) => {
  for (const [prefix, module] of NATIVES) {
    const { native, load } = copy(t);
    writeFileSync(native(prefix), 'junk');
    assert.match((await load(module)).stderr, /\.node: .*(file too short|invalid ELF header|not valid|slice is not)/);
  }
});

test('a native part of another version is not used', async (t) => {
  const { load, path } = copy(t);
  const changed = readFileSync(path('modules.js'), 'utf8').replace(`'${workspace}'`, "'9.9.9'");
  writeFileSync(path('modules.js'), changed);
  for (const [, module] of NATIVES) {
    const { stderr } = await load(module);
    assert.ok(stderr.includes(`it is version ${workspace}, not 9.9.9`), stderr);
  }
});

test('only tests and the command sandbox load the native part of the sandbox', async (t) => {
  const loaded = async (module) => {
    const source = `
      require(${JSON.stringify(module)});
      const { basename } = require('node:path');
      const { sharedObjects } = process.report.getReport();
      const names = sharedObjects.map((path) => basename(path)).filter((name) => name.endsWith('.node'));
      console.log(names.map((name) => name.split('.')[0]).sort().join());`;
    return (await run(source)).stdout.trim();
  };
  for (const module of ['xilnex-auth', 'xilnex-auth/undici', 'xilnex-auth/axios']) {
    assert.equal(await loaded(module), 'xilnex-auth', module);
  }
  assert.equal(await loaded('xilnex-auth/testing'), 'xilnex-auth,xilnex-auth-sandbox');

  const { native, path } = copy(t);
  rmSync(native('xilnex-auth-sandbox.'));
  const { environment } = await startSandbox(t);
  const program = path('bin/xilnex-auth.js');
  for (const [words, expected] of [
    [['--help'], 0],
    [['token'], 0],
    [['doctor'], 0],
    // Arguments that are wrong are told without it too.
    [['sandbox', '--port', '70000'], 1],
  ]) {
    const { status, stderr } = await runFile(program, words, environment);
    assert.equal(status, expected, stderr);
    assert.doesNotMatch(stderr, /native part/);
  }
  for (const words of [['sandbox'], ['--ttl', '5', 'sandbox'], ['sandbox', '--faults']]) {
    assert.match((await runFile(program, words)).stderr, /no working native part/);
  }
});

test('the command line', async (t) => {
  const { environment } = await startSandbox(t);
  assert.equal((await runFile(bin, ['--version'])).stdout, `xilnex-auth ${workspace}\n`);
  assert.match((await runFile(bin, ['token'], environment)).stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  assert.match((await runFile(bin, ['header'], environment)).stdout, /^Authorization: Bearer \S+\n$/);
  const failed = await runFile(bin, ['token'], { ...environment, XILNEX_CLIENT_SECRET: 'wrong' });
  assert.deepEqual([failed.status, failed.stdout], [8, '']);
  assert.match(failed.stderr, /invalid_client/);
});

test('the faults of the sandbox are listed', async () => {
  const { status, stdout } = await runFile(bin, ['sandbox', '--faults']);
  assert.equal(status, 0);
  assert.match(stdout, /^refuse +\S/m);
});

test('a command inside the sandbox has its streams and its status', async () => {
  const source = 'console.log(process.env.XILNEX_CLIENT_ID); process.exit(7)';
  const { status, stdout } = await runFile(bin, ['sandbox', '--', process.execPath, '--eval', source]);
  assert.deepEqual({ status, stdout }, { status: 7, stdout: 'sandbox-client\n' });
});

test('Ctrl-C ends the sandbox', async () => {
  const child = spawn(bin, ['sandbox'], { env: plainEnvironment, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGINT');
});

test('the sandbox outlives the signals that are meant for its command, and hands on those that it gets alone', async () => {
  for (const [signal, expected] of [['INT', 6], ['TERM', 5], ['HUP', 5]]) {
    // The command sends the signal itself, so that nothing has to be waited for.
    const command = `trap "exit 5" TERM HUP; kill -${signal} $PPID; sleep 1 & wait $!; exit 6`;
    const { status } = await runFile(bin, ['sandbox', '--', 'sh', '-c', command]);
    assert.equal(status, expected, signal);
  }
});
