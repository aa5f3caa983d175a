// An axios instance that sends a token along. Names nothing of axios but what an instance has.
'use strict';

const { installXilnexAuth } = require('./modules.js')('./axios.js');

// By name, for Node looks here for what `import` may name.
module.exports = { installXilnexAuth };
