// Finds a native part for this machine, beside this file or in the package of its platform, or says what to do.
'use strict';

/** That of package.json, which would take longer to read than the engine to load. */
const version = '0.1.0';

/** How platforms end that differ by the C library or the compiler. */
const ENDINGS = { linux: ['-gnu', '-musl', '-gnueabihf'], win32: ['-gnu', '-msvc'] };

/** The names that this platform may have, as napi-rs names them. */
function platforms() {
  return (ENDINGS[process.platform] ?? ['']).map((ending) => `${process.platform}-${process.arch}${ending}`);
}

/** A build of one's own, which lies beside this file, goes before what was published. */
function candidates(name) {
  return platforms().flatMap((platform) => {
    const file = `${name}.${platform}.node`;
    return [`${__dirname}/${file}`, `xilnex-auth-${platform}/${file}`];
  });
}

/** The version of glibc, where there is one; only asked for after a failure, because the report takes its time. */
function glibc() {
  return process.report?.getReport().header.glibcVersionRuntime;
}

function libc() {
  if (process.platform !== 'linux') return '';
  return glibc() ? ` with glibc ${glibc()}` : ' with another C library than glibc';
}

/** The published package for this machine, or undefined where there is none. */
function published(optionalDependencies) {
  const names = platforms().map((platform) => `xilnex-auth-${platform}`);
  const fitting = names.filter((name) => process.platform !== 'linux' || name.endsWith('-musl') === !glibc());
  return fitting.find((name) => name in optionalDependencies);
}

/** Where a file of another package lies. */
function located(path) {
  const { createRequire } = require('node:module');
  return createRequire(__filename).resolve(path);
}

function isInstalled(name) {
  try {
    return Boolean(located(`${name}/package.json`));
  } catch {
    return false;
  }
}

/** What helps a package that holds its native part itself. */
const ANEW = 'Install the package anew on the machine that runs it, without copying node_modules from another one.';

/** What to do about it, by what there is for this machine. */
function remedy() {
  const build = `Where Rust is installed, build it for this machine: npx xilnex-auth-source@${version}. `;
  const { optionalDependencies = {} } = require('./package.json');
  const name = published(optionalDependencies);
  if (name && !isInstalled(name)) {
    return (
      `The optional package ${name} is missing: npm leaves it out with --omit=optional, and where node_modules or ` +
      `a lockfile came from another platform. Install it: npm install ${name}@${version}. ${build}`
    );
  }
  if (name) return `The package ${name} is installed and cannot be loaded. Install it anew. ${build}`;
  const others = Object.keys(optionalDependencies).map((other) => other.replace('xilnex-auth-', ''));
  const known = others.length > 0 ? `There is no package for this platform; there are ${others.join(', ')}.` : ANEW;
  return `${known} ${build}`;
}

function failure(causes) {
  const tried = causes.map(({ path, cause }) => `\n  ${path}: ${cause.message.split('\n')[0]}`).join('');
  return new Error(
    `xilnex-auth ${version} has no working native part for ${process.platform} ${process.arch}${libc()}, ` +
      `Node ${process.version}. Tried:${tried}\n${remedy()}` +
      'A bundler must leave xilnex-auth out of its bundle, and the permission model of Node needs --allow-addons.',
    { cause: causes[0]?.cause },
  );
}

/** The path by which a system loads it: that of Windows takes no long one but by its own name. */
function loaded(path) {
  return process.platform === 'win32' ? require('node:path').toNamespacedPath(path) : path;
}

/** As `require` does it, without the ways by which that finds a file. */
function open(path) {
  const opened = { exports: {} };
  process.dlopen(opened, loaded(path.startsWith(__dirname) ? path : located(path)));
  return opened.exports;
}

/** The native part of this name and of the version of this package. */
function loadNative(name) {
  const causes = [];
  for (const path of candidates(name)) {
    try {
      const native = open(path);
      if (native.version() === version) return native;
      causes.push({ path, cause: new Error(`it is version ${native.version()}, not ${version}`) });
    } catch (cause) {
      causes.push({ path, cause });
    }
  }
  throw failure(causes);
}

module.exports = { loadNative };
