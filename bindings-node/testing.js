// For tests of programs: an authorization server in the process, whose time a test puts forward.
'use strict';

const { Sandbox, withSandbox } = require('./modules.js')('./testing.js');

// By name, for Node looks here for what `import` may name.
module.exports = { Sandbox, withSandbox };
