// For how long a token is handed out without a call of the native part, which costs ten times as much as the rest.
'use strict';

const { awake, setTimeout, wall } = require('./clocks.js');

/** Milliseconds after which the native part is told at the latest how many calls were answered. */
const TOLD_AFTER = 1000;

/**
 * How many calls within a millisecond of the wall clock one look at the other clock serves: each costs as much as half an
 * await. Not all of them, because a wall clock may stand still.
 */
const ONE_LOOK = 16;

/** Leases of other generations have ended, whoever has them. */
let generation = 0;

/** Those that have answered calls of which the native part was not told yet. */
const untold = new Set();
let timer;

/**
 * Answers at most a second of calls by both clocks, of which one counts a suspend, and the other cannot be set back. What
 * another thread does to the token may go unnoticed for as long; what this thread does ends every lease at once.
 */
class Lease {
  #generation = -1;
  #awakeUntil = 0;
  #wallFrom = 0;
  #wallUntil = 0;
  /** What the wall clock said when the other one was looked at. */
  #lookedAt = 0;
  #answered = 0;
  #tell;

  /** `tell` is told how many calls were answered. */
  constructor(tell) {
    this.#tell = tell;
  }

  /** Begins anew with as many milliseconds as `ask` gives. */
  grant(ask) {
    this.report();
    const [awakeFrom, wallFrom] = [awake(), wall()];
    const length = ask();
    this.#awakeUntil = awakeFrom + length;
    this.#wallFrom = wallFrom;
    this.#wallUntil = wallFrom + length;
    this.#generation = generation;
  }

  /** Whether this call needs to ask nobody; it is counted then. */
  answers() {
    if (this.#generation !== generation) return false;
    const now = wall();
    if (now !== this.#lookedAt || this.#answered % ONE_LOOK === 0) {
      if (now >= this.#wallUntil || now < this.#wallFrom || awake() >= this.#awakeUntil) return false;
      this.#lookedAt = now;
    }
    if (this.#answered++ === 0) tellLater(this);
    return true;
  }

  /** Tells the native part of the calls that were answered. */
  report() {
    if (this.#answered === 0) return;
    untold.delete(this);
    this.#tell(this.#answered);
    this.#answered = 0;
  }

  end() {
    this.report();
    this.#generation = -1;
  }
}

/** The process may end meanwhile: then nobody asks any more. */
function tellLater(lease) {
  untold.add(lease);
  timer ??= setTimeout(() => {
    timer = undefined;
    reportLeases();
  }, TOLD_AFTER).unref();
}

/** Has all leases of this thread report. */
function reportLeases() {
  for (const lease of untold) lease.report();
}

/** Ends all leases of this thread. */
function endLeases() {
  generation += 1;
}

module.exports = { Lease, endLeases, reportLeases };
