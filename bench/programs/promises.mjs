// What 1 to 10,000 promises cost that wait for one flight: making one, and from the first that is kept to the last, each.
import { Client } from 'xilnex-auth';

const COUNTS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10000];
const found = { count: COUNTS, promise: [], release: [] };

for (const [step, count] of COUNTS.entries()) {
  // A configuration of its own, so that there is no token.
  const client = new Client({ connectTimeout: 3 + step / 1000 });
  const promises = new Array(count);
  let first;
  let last;
  const began = process.hrtime.bigint();
  for (let index = 0; index < count; index++) promises[index] = client.getToken();
  const made = process.hrtime.bigint();
  for (const promise of promises) {
    promise.then(() => {
      last = process.hrtime.bigint();
      first ??= last;
    });
  }
  await Promise.all(promises);
  found.promise.push(Number(made - began) / count);
  found.release.push(Number(last - first) / count);
  client.close();
}
console.log(JSON.stringify(found));
