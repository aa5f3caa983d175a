// For tests of programs: an authorization server in the process, whose time a test puts forward.
'use strict';

module.exports = require('./modules.js')('./testing.js');
