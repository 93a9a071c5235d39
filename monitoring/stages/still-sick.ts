import { tellsHealth, type Check } from '../../src/domain/check.js';
import { PM2_DEAD, type Incident } from '../../src/domain/incident.js';
import type { ResourceId } from '../../src/domain/ids.js';
import { actsOn } from '../../src/store/acts.js';
import { checksOf } from '../../src/store/checks.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { recentSamples } from '../../src/store/samples.js';
import { CONNECTIONS_LOST } from './connections-lost.js';
import type { StageContext } from './stage.js';

/** So many fresh good readings of every check, and the problem still stands: then it is of another kind than up or down. */
const GOOD_ENOUGH = 3;
/** After this without fresh readings nothing is done; where the config measures less often, after as many as confirm a problem. */
const LOOK_FOR_MS = 60_000;
/** What stands and falls with the verdict of a reading: while readings are good, it is about to be over. */
const BY_VERDICT: ReadonlySet<string> = new Set(['endpoint-failing', 'all-endpoints-failing', 'hang', 'process-down', 'standstill', 'rate-limited', PM2_DEAD, CONNECTIONS_LOST]);
const DAY_MS = 24 * 3_600_000;

/** go: it is wrong now · wait: not measured enough yet · blind: it could not be measured, and nobody knows what a repair would meet. */
export type Look = 'go' | 'wait' | 'blind';

export function lookForMs({ settings }: StageContext): number {
  return Math.max(LOOK_FOR_MS, settings.confirmForMs);
}

/**
 * Is it still wrong, by readings made after `since`? What was true before may be history: somebody may have mended it,
 * a deploy or a restart may have ended it. Unknown and error say nothing.
 */
export async function stillSick(ctx: StageContext, { resourceId, kind }: Pick<Incident, 'resourceId' | 'kind'>, since: number): Promise<Look> {
  const checks = (await checksOf(ctx.store.db, resourceId)).filter((check) => check.trusted && tellsHealth(check));
  const fresh = await Promise.all(checks.map((check) => judgedSince(ctx, check, since)));
  if (fresh.some((verdicts) => verdicts.at(-1) === 'bad')) return 'go';
  if (!BY_VERDICT.has(kind) && fresh.every((verdicts) => verdicts.length >= GOOD_ENOUGH && !verdicts.includes('bad'))) return 'go';
  if (ctx.clock.now() < since + lookForMs(ctx) || fresh.some((verdicts) => verdicts.length > 0)) return 'wait';
  return 'blind';
}

async function judgedSince(ctx: StageContext, check: Check, since: number): Promise<readonly string[]> {
  const samples = await recentSamples(ctx.store.db, check.id, since, 2 * GOOD_ENOUGH);
  return samples.map(({ verdict }) => verdict).filter((verdict) => verdict === 'good' || verdict === 'bad').slice(-GOOD_ENOUGH);
}

/** From when on readings say something of an app: after its launch, and after a person's restart, it has time to boot. */
export async function settledAt(ctx: StageContext, app: ResourceId): Promise<number> {
  const now = ctx.clock.now();
  const launch = await openLaunchOf(ctx.store.db, app);
  const restarted = (await actsOn(ctx.store.db, app, now - DAY_MS)).findLast((act) => act.by === 'person' && act.kind === 'restart' && act.at <= now);
  return Math.max(launch?.startedAt ?? 0, restarted?.at ?? 0) + ctx.settings.settleMs;
}
