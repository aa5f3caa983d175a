// The package: what `require('xilnex-auth')` gives.
'use strict';

module.exports = require('./modules.js')('./index.js');
