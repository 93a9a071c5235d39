import { MOST_OF_STABLE, sayRestarts } from '../../src/domain/debt.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Launch, LaunchState } from '../../src/domain/launch.js';
import { checksOf } from '../../src/store/checks.js';
import { debtBy } from '../../src/store/debts.js';
import { openFindingsOn } from '../../src/store/findings.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { recentSamples } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';

/** Share of a window's samples that may be unknown or error before it proves nothing. */
const MOST_UNKNOWN = 0.2;

export interface Judged {
  readonly state: Extract<LaunchState, 'stable' | 'unproven'>;
  readonly why: string;
  /** False where too little was measured to say anything of the release. */
  readonly learned?: boolean;
  /** Healing debt of the launch. */
  readonly debt?: number;
}

/** Stable only when it was really watched, nothing is open, and it did not live by being repaired: unknown is not healthy. */
export async function verdictOn(db: Db, launch: Launch, now: number): Promise<Judged> {
  if (await openIncidentOf(db, launch.appId)) return { state: 'unproven', why: 'the watch ended with an open incident' };
  if ((await openFindingsOn(db, launch.appId)).length > 0) return { state: 'unproven', why: 'the watch ended while something it uses was down' };
  let seen = 0;
  let unseen = 0;
  for (const check of await checksOf(db, launch.appId)) {
    const samples = await recentSamples(db, check.id, launch.startedAt - 1, 10_000);
    seen += samples.length;
    unseen += samples.filter((sample) => sample.verdict === 'unknown' || sample.verdict === 'error').length;
  }
  if (seen === 0) return { state: 'unproven', why: 'nothing was measured', learned: false };
  if (unseen / seen > MOST_UNKNOWN) return { state: 'unproven', why: `${Math.round((unseen / seen) * 100)} % of the readings could not be made`, learned: false };
  const debt = await debtBy(db, launch.appId, { from: launch.startedAt, until: now });
  if (debt.points > MOST_OF_STABLE) return { state: 'unproven', why: `only ${sayRestarts(debt)} kept it going` };
  if (debt.points > 0) return { state: 'stable', debt: debt.points, why: `passed its watch, but only because of ${sayRestarts(debt)}: ${seen} readings, no open incident` };
  return { state: 'stable', debt: 0, why: `passed its watch: ${seen} readings, no open incident` };
}

/**
 * Why a release that is replaced before its watch is over may be called stable all the same: it ran as long as the
 * policy wants, nothing was ever wrong with it, it was measured, and no restart kept it going. Null: it may not.
 */
export async function soaked(db: Db, launch: Launch, { soakMs, now }: { readonly soakMs: number | undefined; readonly now: number }): Promise<string | null> {
  const ran = now - launch.startedAt;
  if (soakMs === undefined || ran < soakMs) return null;
  const { state, debt } = await verdictOn(db, launch, now);
  const troubles = await db.selectFrom('incidents').select('id').where('launch_id', '=', launch.id).where('severity', '!=', 'info').limit(1).execute();
  return state === 'stable' && debt === 0 && troubles.length === 0 ? `ran ${sayDuration(ran)} without trouble, which the policy's soak of ${sayDuration(soakMs)} calls good` : null;
}
