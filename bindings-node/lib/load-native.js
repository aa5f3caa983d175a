// Finds a native part for this machine beside this file, and says one whole sentence where there is none.
'use strict';

/** That of package.json, which would take longer to read than the engine to load. */
const version = '0.1.0';

/** What the name of a native part may end with; a Linux may have either C library. */
const ENDINGS = { linux: ['-gnu', '-musl', '-gnueabihf'], win32: ['-msvc'] };

function candidates(name) {
  const endings = ENDINGS[process.platform] ?? [''];
  return endings.map((ending) => `${__dirname}/${name}.${process.platform}-${process.arch}${ending}.node`);
}

/** Only asked for after a failure, because the report takes its time. */
function libc() {
  if (process.platform !== 'linux') return '';
  const glibc = process.report?.getReport().header.glibcVersionRuntime;
  return glibc ? ` with glibc ${glibc}` : ' with another C library than glibc';
}

function failure(causes) {
  const tried = causes.map(({ path, cause }) => `\n  ${path}: ${cause.message.split('\n')[0]}`).join('');
  return new Error(
    `xilnex-auth ${version} has no working native part for ${process.platform} ${process.arch}${libc()}, ` +
      `Node ${process.version}. Tried:${tried}\n` +
      'Install the package anew on the machine that runs it, without copying node_modules from another one. ' +
      'A bundler must leave xilnex-auth out of its bundle, and the permission model of Node needs --allow-addons.',
    { cause: causes[0]?.cause },
  );
}

/** As `require` does it, without the ways by which that finds a file. */
function open(path) {
  const opened = { exports: {} };
  process.dlopen(opened, path);
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
