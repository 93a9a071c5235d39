import { BASELINE_MAX_SAMPLES, updateBaseline, type Baseline } from '../../src/domain/baseline.js';
import type { Sample } from '../../src/domain/check.js';
import type { CheckId } from '../../src/domain/ids.js';
import type { Launch } from '../../src/domain/launch.js';
import { baselinesOf, saveBaseline } from '../../src/store/baselines.js';
import { troubledSpans } from '../../src/store/incidents.js';
import { ledgerOf } from '../../src/store/releases.js';
import { recentSamples } from '../../src/store/samples.js';
import type { Past } from './recall.js';
import type { StageContext } from './stage.js';

/** What a release's checks look like when it is healthy, from what is stored, and what is being learned. */
export interface Baselines {
  /** The previous stable release's where there is one, else the launch's own first healthy checks. */
  readonly compared: ReadonlyMap<CheckId, Baseline>;
  readonly own: ReadonlyMap<CheckId, Baseline>;
}

export async function baselinesFor(ctx: StageContext, launch: Launch, checks: readonly CheckId[]): Promise<Baselines> {
  const ledger = await ledgerOf(ctx.store.db, launch.appId);
  const stable = ledger.find((release) => release.verdict === 'stable' && release.id !== launch.releaseId);
  const own = await baselinesOf(ctx.store.db, checks, launch.releaseId);
  const before = stable ? await baselinesOf(ctx.store.db, checks, stable.id) : [];
  return { own, compared: new Map([...own, ...before]) };
}

/** Learns a baseline anew once a fifth more samples came: each time looks through all of them. */
export interface Learner {
  /** While all is well and the launch is warm, its good samples become the release's baseline. */
  learn(ctx: StageContext, launch: Launch, pasts: readonly Past[], own: Baselines['own']): Promise<void>;
}

const LEARN_AGAIN = 0.2;
/** An incident brings many readings in a short time, none of which is learned: so many more are looked through. */
const MOST_LOOKED_AT = 5 * BASELINE_MAX_SAMPLES;
/** What is slow is so for some readings before it counts. */
const LEAD_MS = 5 * 60_000;

export function createLearner(): Learner {
  /** Looks with something new in them since it was learned last; unknown after a start: then it is learned at once. */
  const since = new Map<CheckId, number>();
  return {
    async learn(ctx, launch, pasts, own) {
      const warmFrom = launch.startedAt + ctx.settings.warmUpMs;
      if (ctx.clock.now() < warmFrom) return;
      const learned: Baseline[] = [];
      let troubled: Awaited<ReturnType<typeof troubledSpans>> | null = null;
      for (const { check, newAt } of pasts) {
        const current = own.get(check.id) ?? null;
        const looks = (since.get(check.id) ?? Number.POSITIVE_INFINITY) + (newAt === null ? 0 : 1);
        since.set(check.id, looks);
        if (current && (current.n >= BASELINE_MAX_SAMPLES || looks < current.n * LEARN_AGAIN)) continue;
        since.set(check.id, 0);
        const samples = await recentSamples(ctx.store.db, check.id, warmFrom, MOST_LOOKED_AT);
        troubled ??= await troubledSpans(ctx.store.db, launch.appId, warmFrom);
        const next = updateBaseline(current, { checkId: check.id, releaseId: launch.releaseId }, healthy(samples, troubled));
        if (next && next !== current) learned.push(next);
      }
      if (learned.length === 0) return;
      await ctx.store.write(async (tx) => {
        for (const baseline of learned) await saveBaseline(tx, baseline);
      });
    },
  };
}

/**
 * Right answers that come late are good readings, and while they are a problem they come every second: learned, they
 * made the next such problem look usual.
 */
function healthy(samples: readonly Sample[], troubled: readonly { readonly from: number; readonly until: number }[]): readonly Sample[] {
  return samples.filter(({ at }) => !troubled.some(({ from, until }) => at > from - LEAD_MS && at <= until));
}
