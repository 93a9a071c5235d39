/** Another client of a Redis: asks for one key again and again, and tells the longest that it waited so far, in milliseconds. Its argument is the address. */
import { systemClock } from '../../src/io/clock.js';
import { createRedis } from '../../src/io/redis.js';

const TELL_EVERY_MS = 50;
const PAUSE_MS = 1;

const url = process.argv[2] ?? '';
const redis = createRedis();
await redis.call(url, ['GET', 'keep:1'], { timeoutMs: 60_000 });
let worst = 0;
let toldAt = 0;
for (;;) {
  const before = systemClock.monotonic();
  await redis.call(url, ['GET', 'keep:1'], { timeoutMs: 60_000 });
  worst = Math.max(worst, systemClock.monotonic() - before);
  if (systemClock.monotonic() - toldAt > TELL_EVERY_MS) {
    toldAt = systemClock.monotonic();
    process.stdout.write(`${worst.toFixed(1)}\n`);
  }
  await systemClock.sleep(PAUSE_MS);
}
