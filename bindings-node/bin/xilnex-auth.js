#!/usr/bin/env node
// The command line `xilnex-auth`: the native parts do everything, and the first knows what is for the other.
'use strict';

const words = process.argv.slice(2);
process.exitCode = require('../native.js').run(words) ?? require('../native-sandbox.js').run(words);
