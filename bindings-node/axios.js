// An axios instance that sends a token along. Names nothing of axios but what an instance has.
'use strict';

module.exports = require('./modules.js')('./axios.js');
