#!/usr/bin/env node
// The command line `xilnex-auth`: the native part does everything.
'use strict';

process.exitCode = require('../native.js').run(process.argv.slice(2));
