import type { Plan } from '../../src/domain/plan.js';
import { DEPLOY_FAILED, releaseName, type ReleaseSighting } from '../../src/domain/release.js';
import { SWITCHED, type Remediation } from '../../src/domain/remediation.js';
import { journalOf } from '../../src/store/journal.js';
import { enterRelease, judgeRelease } from '../../src/store/releases.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';
import { lookNow } from './what-runs-now.js';

/** Its launch begins as every launch does, when the release is seen running: the look is only made due at once. */
export async function deployed(tx: Db, ctx: StageContext, plan: Plan): Promise<void> {
  await lookNow(tx, ctx, plan.targetId);
}

/**
 * What went live and was gone back from, because it did not start or was not well, is bad: whoever deploys it again is
 * told, and has to say why. A deploy that stopped before says nothing of the commit, and of one that still runs its
 * watch does.
 */
export async function deployFailed(tx: Db, ctx: StageContext, remediation: Remediation, plan: Plan): Promise<void> {
  await lookNow(tx, ctx, plan.targetId);
  const steps = await journalOf(tx, remediation.id);
  const wasLive = steps.some(({ dir, name, state }) => dir === 'do' && name === SWITCHED && state === 'done');
  const seen = steps.map(({ receipt }) => (receipt as { readonly release?: ReleaseSighting } | null)?.release).find((one) => one !== undefined);
  if (!seen || !wasLive || !steps.some(({ dir }) => dir === 'undo')) return;
  const release = await enterRelease(tx, plan.targetId, seen, ctx.clock.now());
  const reason = `${DEPLOY_FAILED}: ${remediation.outcome ?? 'it was not well'}`;
  await judgeRelease(tx, release.id, 'bad', reason, ctx.clock.now());
  const { name } = await getResource(tx, plan.targetId);
  await record(tx, ctx, { who: 'hypercare', what: `${name} ${releaseName(release)} counts as bad`, why: reason, body: { plan: plan.id, remediation: remediation.id, release: release.id, commit: release.commit } });
}
