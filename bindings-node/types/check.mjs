// Checks what TypeScript, bundlers and package tools will see: types, exports, and drift of the generated file.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

function run(tool, ...words) {
  const { status, stdout, stderr, error } = spawnSync(`node_modules/.bin/${tool}`, words, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`${tool} found:\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
  process.exitCode = 1;
}

/** The build writes the declarations of a native part beside what it builds, never into the source tree. */
function compare(built, committed) {
  const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  if (read(built) === read(committed)) return;
  console.error(`${committed} is out of date: copy ${built} over it`);
  process.exitCode = 1;
}

run('tsc', '--project', 'types/tsconfig.json');
run('publint', '--strict');
run('attw', '--pack', '.', '--quiet');
compare('target/binding.d.ts', 'bindings-node/binding.d.ts');
compare('target/sandbox.d.ts', 'bindings-node/sandbox/binding.d.ts');
