import { expect, test } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { restartAll, type Pm2Hands } from '../../../src/io/pm2-acts.js';
import { busyDaemon } from '../../../src/io/pm2-errors.js';
import type { Pm2Process } from '../../../src/io/pm2.js';

/** PM2 as it is in a fast crash loop: it refuses the first `refusals` restarts, and lists what `runs` says, one listing after the other. */
function crashLooping(refusals: number, runs: readonly Pick<Pm2Process, 'startedAt' | 'status'>[]): { readonly hands: Pm2Hands; readonly restarts: () => number } {
  let restarts = 0;
  let listings = 0;
  const hands: Pm2Hands = {
    home: '/nowhere',
    clock: systemClock,
    actTimeoutMs: 1_000,
    list: () => Promise.resolve([{ pmId: 3, pid: 4711, name: 'shop', ...runs[Math.min(listings++, runs.length - 1)] } as Pm2Process]),
    call: (method) => {
      if (method !== 'restartProcessId') return Promise.resolve();
      restarts += 1;
      return restarts <= refusals ? Promise.reject(busyDaemon('process already started')) : Promise.resolve();
    },
  };
  return { hands, restarts: () => restarts };
}

test('a restart that PM2 refuses is asked again while the old run is all there is', async () => {
  const { hands, restarts } = crashLooping(2, [{ startedAt: 1, status: 'online' }]);
  await restartAll(hands, 'shop');
  expect(restarts()).toBe(3);
});

test('a run that began meanwhile is what was asked for: it is not restarted once more', async () => {
  const { hands, restarts } = crashLooping(9, [{ startedAt: 1, status: 'online' }, { startedAt: 2, status: 'online' }]);
  await restartAll(hands, 'shop');
  expect(restarts()).toBe(1);
});

test('PM2 that refuses to the end is busy, and says so', async () => {
  const { hands } = crashLooping(99, [{ startedAt: 1, status: 'stopped' }]);
  await expect(restartAll(hands, 'shop')).rejects.toThrow('process already started');
});
