import { describe, expect, it } from 'vitest';
import type { Act } from '../../../src/domain/act.js';
import { backoffMs } from '../../../src/policy/backoff.js';
import { countRestarts, countRollbacks } from '../../../src/policy/budget.js';
import { NOW } from './policies.js';

const MINUTE = 60_000;
const since = NOW - 30 * MINUTE;

function act(minutesAgo: number, by: Act['by'], kind = 'restart'): Act {
  return { resourceId: 'r' as never, at: NOW - minutesAgo * MINUTE, by, kind, fingerprint: null, dedupe: `${minutesAgo}${by}`, note: null };
}

describe('a budget', () => {
  it.each([
    ['counts restarts over every cause', [act(25, 'us'), act(15, 'person'), act(5, 'pm2')], 3],
    ['forgets what is older than its window', [act(35, 'us'), act(30, 'us'), act(5, 'us')], 1],
    ['counts a burst of PM2 once', Array.from({ length: 16 }, (_, n) => act(10 - n / 20, 'pm2')), 1],
    ['counts each of ours', [act(10, 'us'), act(9.9, 'us')], 2],
    ['counts restarts alone', [act(10, 'us', 'redis.clear'), act(9, 'pm2', 'exit')], 0],
    ['counts a rollback of ours, which starts the app anew', [act(10, 'us', 'rollback'), act(9.9, 'us')], 2],
  ])('%s', (_, acts, count) => {
    expect(countRestarts(acts, since)).toBe(count);
  });

  it('counts rollbacks of ours alone', () => {
    expect(countRollbacks([act(10, 'us', 'rollback'), act(9, 'person', 'rollback'), act(40, 'us', 'rollback')], since)).toBe(1);
  });
});

describe('the wait between attempts', () => {
  it.each([
    ['fixed', [0, 30_000, 30_000, 30_000]],
    ['linear', [0, 30_000, 60_000, 90_000]],
    ['exponential', [0, 30_000, 60_000, 120_000]],
  ] as const)('grows as %s says', (kind, waits) => {
    expect(waits.map((_, count) => backoffMs(kind, count))).toEqual(waits);
  });

  it('is an hour at most', () => {
    expect(backoffMs('exponential', 1_000)).toBe(3_600_000);
    expect(backoffMs('linear', 1_000)).toBe(3_600_000);
  });
});
