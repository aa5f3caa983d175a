// A kept token in Node against an async function that returns its text. Prints both in nanoseconds.
import { Client } from 'xilnex-auth';

const ROUNDS = 7;
const COUNT = 100_000;

async function nanoseconds(call) {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < COUNT; index++) await call();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / COUNT);
  }
  return best;
}

const client = new Client();
const text = await client.getToken();
console.log(await nanoseconds(() => client.getToken()), await nanoseconds(async () => text));
