#!/usr/bin/env node
// The command line `xilnex-auth`: the native parts do everything, and the first knows what is for the other.
'use strict';

const load = require('../modules.js');

const words = process.argv.slice(2);
process.exitCode = load('./native.js').run(words) ?? load('./native-sandbox.js').run(words);
