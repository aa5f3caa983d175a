// An interceptor of undici that sends a token along. Names nothing of undici.
'use strict';

const { xilnexAuth } = require('./modules.js')('./undici.js');

// By name, for Node looks here for what `import` may name.
module.exports = { xilnexAuth };
