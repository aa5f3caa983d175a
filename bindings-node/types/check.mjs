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

/** The build writes the declarations of the native part beside what it builds, never into the source tree. */
function compareBinding() {
  const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
  if (read('../../target/binding.d.ts') === read('../binding.d.ts')) return;
  console.error('bindings-node/binding.d.ts is out of date: copy target/binding.d.ts over it');
  process.exitCode = 1;
}

run('tsc', '--project', 'types/tsconfig.json');
run('publint', '--strict');
run('attw', '--pack', '.', '--quiet');
compareBinding();
