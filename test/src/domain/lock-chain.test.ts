import { describe, expect, it } from 'vitest';
import { lockRoots } from '../../../src/domain/lock-chain.js';

const waits = (pid: number, waitedMs: number, ...blockers: readonly number[]) => ({ pid, waitedMs, blockers });

describe('the root of a lock chain', () => {
  it('is who waits for nobody, however long the row behind it', () => {
    expect(lockRoots([waits(3, 5_000, 2), waits(2, 9_000, 1)])).toEqual([{ pid: 1, waiters: [3, 2], depth: 3, longestMs: 9_000 }]);
  });

  it('is the one that somebody has waited for the longest, of several', () => {
    expect(lockRoots([waits(2, 1_000, 1), waits(4, 7_000, 3), waits(6, 7_000, 5)]).map(({ pid }) => pid)).toEqual([3, 5, 1]);
  });

  it('is both of two that are waited for at once', () => {
    expect(lockRoots([waits(3, 1_000, 1, 2, 2)]).map(({ pid, waiters }) => [pid, waiters])).toEqual([[1, [3]], [2, [3]]]);
  });

  it('is nobody in a ring, which the server breaks itself', () => {
    expect(lockRoots([waits(1, 500, 2), waits(2, 500, 1)])).toEqual([]);
    expect(lockRoots([waits(1, 500, 1)])).toEqual([]);
  });

  it('is nobody where nobody waits', () => {
    expect(lockRoots([])).toEqual([]);
  });
});
