// Clocks and timers, taken once: the fake ones of test suites neither stop real requests nor keep a token alive.
'use strict';

const { clearTimeout, setTimeout } = require('node:timers');

// Of what every process has loaded: node:perf_hooks costs a millisecond.
const { hrtime, nextTick } = process;
const wall = Date.now;

/** Milliseconds since any beginning; nobody sets this clock. */
function awake() {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

module.exports = { awake, clearTimeout, nextTick, setTimeout, wall };
