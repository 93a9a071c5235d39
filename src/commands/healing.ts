import { healingFigures, shareOf, type HealingFigures, type Share, type Times } from '../domain/healing-figures.js';
import type { ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import { incidentsWithRuns } from '../store/healing.js';
import type { Context } from './command.js';

const DAY_MS = 24 * 3_600_000;

/** The times that figures are told over. */
const WINDOWS = [{ over: '24h', days: 1 }, { over: '7d', days: 7 }, { over: '30d', days: 30 }] as const;

export interface HealingOver {
  readonly over: (typeof WINDOWS)[number]['over'];
  readonly figures: HealingFigures;
  /** The same of the time of the same length before. */
  readonly before: HealingFigures;
}

/** What was found and mended, computed from what is remembered; of one resource where one is named. */
export async function healingNow(ctx: Pick<Context, 'store' | 'hostId' | 'now'>, resourceId?: ResourceId): Promise<readonly HealingOver[]> {
  const now = ctx.now();
  const incidents = await incidentsWithRuns(ctx.store.db, { hostId: ctx.hostId, ...(resourceId === undefined ? {} : { resourceId }) }, now - 60 * DAY_MS);
  return WINDOWS.map(({ over, days }) => ({
    over, figures: healingFigures(incidents, now - days * DAY_MS, now), before: healingFigures(incidents, now - 2 * days * DAY_MS, now - days * DAY_MS),
  }));
}

export function healingDocument({ detected, bySeverity, resolved, repaired, runs, firstAttempt, fallback, toRepair, toDetect, run }: HealingFigures): { readonly [key: string]: Json } {
  return {
    detected, bySeverity: { ...bySeverity }, resolved, repaired, runs: { ...runs }, firstAttempt: share(firstAttempt), fallback: share(fallback),
    toRepair: times(toRepair), toDetect: times(toDetect), run: times(run),
  };
}

function share(all: Share): Json {
  return { n: all.n, of: all.of, share: shareOf(all) };
}

function times(all: Times): Json {
  return { n: all.n, meanMs: all.meanMs, medianMs: all.medianMs };
}
