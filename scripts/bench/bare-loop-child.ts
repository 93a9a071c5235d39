/**
 * The least a watchdog in Node can be: it asks each page of `<origin> <count> <every ms>` once in an interval, spread
 * evenly over it, and forgets the answer. It stores nothing, confirms nothing and tells nobody; it is what ours costs are
 * held against. Ends on SIGTERM.
 */
import { Agent, get } from 'node:http';
import { systemClock } from '../../src/io/clock.js';

const [origin = '', count = '0', everyMs = '0'] = process.argv.slice(2);
const TIMEOUT_MS = 15_000;

const agent = new Agent({ keepAlive: true, timeout: TIMEOUT_MS });
let failed = 0;

function check(n: number): void {
  const asking = get(`${origin}/${n}`, { agent, timeout: TIMEOUT_MS }, (answer) => {
    answer.resume();
    if (answer.statusCode !== 200) failed += 1;
  });
  asking.on('timeout', () => asking.destroy());
  asking.on('error', () => {
    failed += 1;
  });
}

/** Due times stand on a grid, so that a late one does not make the next late. */
function watch(n: number, dueAt: number): void {
  setTimeout(() => {
    check(n);
    watch(n, dueAt + Number(everyMs));
  }, Math.max(0, dueAt - systemClock.now()));
}

const startsAt = systemClock.now() + 500;
for (let n = 0; n < Number(count); n += 1) watch(n, startsAt + (n * Number(everyMs)) / Number(count));
process.stdout.write(`${startsAt}\n`);
process.once('SIGTERM', () => process.exit(failed === 0 ? 0 : 1));
