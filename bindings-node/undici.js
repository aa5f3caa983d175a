// An interceptor of undici that sends a token along. Names nothing of undici.
'use strict';

module.exports = require('./modules.js')('./undici.js');
