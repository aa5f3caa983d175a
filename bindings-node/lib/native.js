// The native part: the engine, and the command line but for the sandbox.
'use strict';

const { loadNative } = require('./load-native.js');

module.exports = loadNative('xilnex-auth');
