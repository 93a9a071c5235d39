import { describe, expect, it } from 'vitest';
import type { ReleaseId } from '../../../src/domain/ids.js';
import { livesOf, ranMs, ranUntil } from '../../../src/domain/release-life.js';

const launch = (releaseId: string, startedAt: number) => ({ releaseId: releaseId as ReleaseId, startedAt });

describe('how long releases ran', () => {
  const lives = livesOf([launch('a', 0), launch('b', 100), launch('a', 150), launch('a', 200), launch('c', 300)], [{ openedAt: 120, closedAt: 140 }, { openedAt: 290, closedAt: 310 }, { openedAt: 350, closedAt: null }], 400);

  it('is until the next launch of the app, however its own watch ended, and a watch begun anew goes on', () => {
    expect(lives.get('a' as ReleaseId)?.stretches).toEqual([{ from: 0, until: 100 }, { from: 150, until: 300 }]);
    expect([...lives.values()].map((life) => [ranMs(life, 400), ranUntil(life)])).toEqual([[250, 300], [50, 150], [100, null]]);
  });

  it('counts the time that incidents were open in it', () => {
    expect([...lives.values()].map(({ incidents, sickMs }) => [incidents, sickMs])).toEqual([[1, 10], [1, 20], [1, 50]]);
  });
});
