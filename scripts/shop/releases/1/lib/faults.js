import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY_MS = 100;
const LEAK_STEP_MB = 4;
const LEAK_EVERY_MS = 250;
const LEAK_LIMIT_MB = 400;
const FORGOTTEN_REQUESTS = 900;

/**
 * What can be broken in this shop from outside: a file <data>/faults/<name> that appears or changes while a worker
 * runs breaks that worker's memory until it is restarted. Files from before its start leave it alone. The file holds
 * "all", or "one" for the first worker alone.
 */
const FAULTS = {
  /** Blocks the event loop for ever, as a synchronous read from a dead network disk does. */
  hang() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  errors(shop) {
    shop.prices = null;
  },
  slow(shop) {
    shop.throttle.forget(FORGOTTEN_REQUESTS);
  },
  leak() {
    const kept = [];
    setInterval(() => {
      if (kept.length * LEAK_STEP_MB < LEAK_LIMIT_MB) kept.push(Buffer.alloc(LEAK_STEP_MB * 1024 * 1024, 1));
    }, LEAK_EVERY_MS);
  },
};

export function takeFaults(shop, dataDir) {
  const dir = join(dataDir, 'faults');
  let seen = look(dir);
  setInterval(() => {
    const now = look(dir);
    for (const [name, changedAt] of now) {
      if (seen.get(name) !== changedAt && isMeant(join(dir, name))) strike(shop, name);
    }
    seen = now;
  }, LOOK_EVERY_MS);
}

/** Fault name → when its file last changed. */
function look(dir) {
  const files = readdirSync(dir).filter((name) => name in FAULTS);
  return new Map(files.map((name) => [name, statSync(join(dir, name)).mtimeMs]));
}

function isMeant(file) {
  return readFileSync(file, 'utf8').trim() === 'all' || process.env.NODE_APP_INSTANCE === '0';
}

function strike(shop, name) {
  console.error(`broken on purpose: ${name}`);
  FAULTS[name](shop);
}
