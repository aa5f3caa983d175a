#!/usr/bin/env node
// Builds the native parts for this machine with cargo. Usage: npx xilnex-auth-source [FOLDER OF xilnex-auth]
'use strict';

const { spawnSync } = require('node:child_process');
const { copyFileSync, mkdtempSync, renameSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join, resolve } = require('node:path');

/** Each native part, by the name it is loaded by, and its crate. */
const PARTS = { 'xilnex-auth': 'xilnex-auth-node', 'xilnex-auth-sandbox': 'xilnex-auth-sandbox-node' };

const isMusl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;

/** How napi-rs names this platform. */
function platform() {
  const gnu = process.arch === 'arm' ? '-gnueabihf' : '-gnu';
  const ending = { linux: isMusl ? '-musl' : gnu, win32: '-msvc' }[process.platform] ?? '';
  return `${process.platform}-${process.arch}${ending}`;
}

/** How this system names the library of a crate. */
function library(crate) {
  const stem = crate.replaceAll('-', '_');
  return { win32: `${stem}.dll`, darwin: `lib${stem}.dylib` }[process.platform] ?? `lib${stem}.so`;
}

/** The package that the project in the current folder has. */
function installed() {
  try {
    return dirname(require.resolve('xilnex-auth/package.json', { paths: [process.cwd()] }));
  } catch {
    throw new Error('there is no package xilnex-auth here: install it first, or name its folder');
  }
}

function compile(target) {
  const words = Object.values(PARTS).flatMap((crate) => ['-p', crate]);
  // The C library cannot be inside of what is loaded into a program that has it.
  const flags = isMusl ? { RUSTFLAGS: '-C target-feature=-crt-static' } : {};
  const { status, error } = spawnSync('cargo', ['build', '--release', '--locked', ...words], {
    cwd: join(__dirname, 'bindings-node'),
    env: { ...process.env, ...flags, CARGO_TARGET_DIR: target },
    stdio: 'inherit',
  });
  if (error?.code === 'ENOENT') throw new Error('cargo is missing: install Rust 1.89 or newer, for example by rustup');
  if (status !== 0) throw new Error(`cargo ended with ${status ?? error}`);
}

function main() {
  const folder = process.argv[2] ? resolve(process.argv[2]) : installed();
  const target = mkdtempSync(join(tmpdir(), 'xilnex-auth-'));
  try {
    compile(target);
    for (const [name, crate] of Object.entries(PARTS)) {
      const made = join(folder, `${name}.${platform()}.node`);
      // In one step: a program may have the old one loaded.
      copyFileSync(join(target, 'release', library(crate)), `${made}.new`);
      renameSync(`${made}.new`, made);
      console.log(made);
    }
  } finally {
    rmSync(target, { recursive: true });
  }
}

try {
  main();
} catch (error) {
  console.error(`xilnex-auth-source: ${error.message}`);
  process.exitCode = 1;
}
