// Loads chains.c, built beside this file, into the process of a driver of Node, behind the addon that it is for.
'use strict';

const { join } = require('node:path');

require(join(__dirname, 'node_modules/xilnex-auth'));
try {
  process.dlopen({ exports: {} }, join(__dirname, 'chains.dll'));
} catch (problem) {
  // It is no addon, and Node says so once it is loaded.
  if (!/self-register|procedure/i.test(problem.message)) throw problem;
}
