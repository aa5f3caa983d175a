// The native part of the sandbox, which only tests load.
'use strict';

const { loadNative } = require('./load-native.js');

module.exports = loadNative('xilnex-auth-sandbox');
