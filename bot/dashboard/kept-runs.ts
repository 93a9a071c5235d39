import type { BoardRun } from '../../src/cards/board.js';

const HOUR_MS = 3_600_000;

/** How far back is looked, by its name. */
export const WITHIN: Readonly<Record<string, number>> = { 'all that is shown': Number.POSITIVE_INFINITY, 'last 24 h': 24 * HOUR_MS, 'last 7 days': 7 * 24 * HOUR_MS, 'last 30 days': 30 * 24 * HOUR_MS };

/** What is empty leaves nothing out. */
export interface RunFilter {
  readonly state: string;
  readonly at: string;
  readonly within: string;
}

export const EVERYTHING: RunFilter = { state: '', at: '', within: 'all that is shown' };

export function keptRuns(runs: readonly BoardRun[], { state, at, within }: RunFilter, now: number): readonly BoardRun[] {
  const since = now - (WITHIN[within] ?? Number.POSITIVE_INFINITY);
  return runs.filter((run) => (state === '' || run.state === state) && (at === '' || run.at === at) && Date.parse(run.startedAt) >= since);
}
