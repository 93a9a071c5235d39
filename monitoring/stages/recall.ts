import type { Check, Sample } from '../../src/domain/check.js';
import type { CheckId } from '../../src/domain/ids.js';
import type { Db } from '../../src/store/schema.js';
import { recentSamples, thinnedSamples, undetectedSamples } from '../../src/store/samples.js';

/** The newest samples of one check that detectors are shown, and one for each half minute of two hours before them. */
const NEWEST = 60;
const THINNED = { spanMs: 2 * 3_600_000, everyMs: 30_000 };
/** So many new samples of one resource are added to what is known; with more it is read anew, which is as quick. */
const MOST_ADDED = 1_000;
/** A check's past is some 40 KB; that of more checks than these is read anew each time. */
const MOST_CHECKS = 2_000;

/** One check's samples, oldest first: every one of the last minutes, so that streaks are true, and a long look back that a hot hour cannot crowd out. */
export interface Past {
  readonly check: Check;
  readonly samples: readonly Sample[];
  /** `at` of the newest one, where nobody had looked at it before; else null. */
  readonly newAt: number | null;
}

/**
 * What detectors look at, kept between two looks: reading three hundred rows for each new one was most of what watching
 * cost. The store stays the truth: everything here was read from it, and what is not here yet is read when it is needed.
 */
export interface Recall {
  /** `checks` are all of one resource. */
  pastOf(db: Db, checks: readonly Check[], now: number): Promise<readonly Past[]>;
}

interface Kept {
  readonly thinned: Sample[];
  readonly newest: Sample[];
}

export function createRecall(): Recall {
  const known = new Map<CheckId, Kept>();

  async function pastOf(db: Db, check: Check, added: readonly Sample[], now: number): Promise<Past> {
    const before = known.get(check.id);
    const kept = before ?? (await load(db, check.id, now));
    if (before) for (const sample of added) add(before, sample, now);
    else if (known.size < MOST_CHECKS) known.set(check.id, kept);
    const newAt = before && added.length === 0 ? null : (kept.newest.at(-1)?.at ?? null);
    return { check, samples: [...kept.thinned.filter(({ at }) => at > now - THINNED.spanMs), ...kept.newest], newAt };
  }

  return {
    async pastOf(db, checks, now) {
      const resourceId = checks[0]?.resourceId;
      if (resourceId === undefined) return [];
      const added = await undetectedSamples(db, resourceId, MOST_ADDED);
      if (added.length === MOST_ADDED) for (const { id } of checks) known.delete(id);
      return Promise.all(checks.map((check) => pastOf(db, check, added.filter(({ checkId }) => checkId === check.id), now)));
    },
  };
}

async function load(db: Db, check: CheckId, now: number): Promise<Kept> {
  const newest = [...(await recentSamples(db, check, 0, NEWEST))];
  if (newest.length < NEWEST) return { thinned: [], newest };
  const span = { after: now - THINNED.spanMs, before: newest[0]?.at ?? now, everyMs: THINNED.everyMs };
  return { thinned: [...(await thinnedSamples(db, check, span))], newest };
}

/** What leaves the newest ones is the last of its half minute so far. One that is known already, or older, adds nothing. */
function add({ thinned, newest }: Kept, sample: Sample, now: number): void {
  if (sample.at <= (newest.at(-1)?.at ?? 0)) return;
  newest.push(sample);
  if (newest.length <= NEWEST) return;
  const left = newest.shift() as Sample;
  if (spanOf(thinned.at(-1)) === spanOf(left)) thinned.pop();
  thinned.push(left);
  while ((thinned[0]?.at ?? now) <= now - THINNED.spanMs) thinned.shift();
}

function spanOf(sample: Sample | undefined): number | null {
  return sample ? Math.floor(sample.at / THINNED.everyMs) : null;
}
