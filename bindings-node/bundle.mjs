// Makes modules.js and seldom.js of lib/: one file loads in half the time of ten, because Node resolves, stats and compiles
// each, and compiles all of a file. What a reader of the package finds in them are the sources as they are, each in a function.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('lib/', import.meta.url);

// What a program that only gets tokens never asks for.
const SELDOM = ['auth-fetch.js', 'axios.js', 'bearer.js', 'events.js', 'native-sandbox.js', 'testing.js', 'undici.js'];

const MODULES = `// The modules of the package, each as it is written; made by bundle.mjs of its sources.
'use strict';

const loaded = {};

/** What a module exports, or what is not of this package. A module is run when it is first asked for. */
function load(name) {
  if (!/^\\.\\/.*\\.js$/.test(name)) return require(name);
  const source = sources[name] ?? require('./seldom.js')[name];
  if (!loaded[name]) source((loaded[name] = { exports: {} }), load);
  return loaded[name].exports;
}

module.exports = load;

const sources = {`;

const OTHERS = `// The modules that few programs ask for, each as it is written; made by bundle.mjs of its sources.
'use strict';

module.exports = {`;

function wrapped(name) {
  const source = readFileSync(new URL(name, folder), 'utf8').replace("'use strict';\n\n", '');
  return `  './${name}'(module, require) {\n${source}  },\n`;
}

function write(file, beginning, names) {
  writeFileSync(new URL(file, import.meta.url), `${beginning}\n${names.map(wrapped).join('\n')}};\n`);
}

const names = readdirSync(folder).sort();
const isSeldom = (name) => SELDOM.includes(name);
write('modules.js', MODULES, names.filter((name) => !isSeldom(name)));
write('seldom.js', OTHERS, names.filter(isSeldom));
