// Where the variables of this thread are: in the environment of the process, or in JavaScript alone.
'use strict';

const { types } = require('node:util');

const find = (name) => (name in process.env ? String(process.env[name]) : undefined);

/**
 * What finds a variable, or undefined where the native part finds it itself, which makes no text of JavaScript of a
 * secret. A worker has variables of its own, Bun keeps to itself what a program sets, and test runners and tests put an
 * object in the place of `process.env`.
 */
function lookUp() {
  return !isWorker() && !process.versions.bun && isOfProcess(process.env) ? undefined : find;
}

/** A worker cannot change the folder of the process, and says so. To load node:worker_threads takes three milliseconds. */
function isWorker() {
  try {
    process.chdir();
  } catch ({ code }) {
    return code !== 'ERR_INVALID_ARG_TYPE';
  }
  return true;
}

/** The environment of the process holds nothing but text, and refuses what cannot become text. */
function isOfProcess(env) {
  if (types.isProxy(env)) return false;
  try {
    Reflect.set(env, 'XILNEX_AUTH', Symbol('no text'));
  } catch {
    return true;
  }
  delete env.XILNEX_AUTH;
  return false;
}

module.exports = { lookUp };
