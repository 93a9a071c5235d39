import { expect, it } from 'vitest';
import { EVERYTHING, keptRuns, WITHIN } from '../../../bot/dashboard/kept-runs.js';
import type { BoardRun } from '../../../src/cards/board.js';

const NOW = Date.UTC(2026, 10, 22, 12);
const run = (id: string, hoursAgo: number, change: Partial<BoardRun> = {}): BoardRun => ({ id, incidentId: 'i', repair: 'pm2.reload', at: 'shop', byHand: false, state: 'verified', startedAt: new Date(NOW - hoursAgo * 3_600_000).toISOString(), endedAt: null, outcome: null, error: null, undone: false, ...change });
const runs = [run('new', 1), run('failed', 2, { state: 'failed' }), run('blog', 30, { at: 'blog' }), run('old', 24 * 20)];

it.each([
  [{}, ['new', 'failed', 'blog', 'old']],
  [{ state: 'failed' }, ['failed']],
  [{ at: 'blog' }, ['blog']],
  [{ within: 'last 24 h' }, ['new', 'failed']],
  [{ within: 'last 7 days', at: 'shop', state: 'verified' }, ['new']],
  [{ within: 'a name that is none' }, ['new', 'failed', 'blog', 'old']],
  [{ at: 'nowhere' }, []],
])('%j keeps %j', (filter, ids) => {
  expect(keptRuns(runs, { ...EVERYTHING, ...filter }, NOW).map(({ id }) => id)).toEqual(ids);
  expect(Object.keys(WITHIN)).toContain(EVERYTHING.within);
});
