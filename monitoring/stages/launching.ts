import { UNSEEN_END, type Incident } from '../../src/domain/incident.js';
import type { Launch } from '../../src/domain/launch.js';
import { releaseName, sayBad, type Release, type ReleaseSighting } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { windowMs } from '../../src/domain/tiers.js';
import { countRollbacks } from '../../src/policy/budget.js';
import { actsOn } from '../../src/store/acts.js';
import { tell } from '../../src/store/events.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { endLaunch, newestLaunchOf, openLaunch, openLaunchOf } from '../../src/store/launches.js';
import { deployerOf } from '../../src/store/plans.js';
import { enterRelease, getRelease, judgeRelease } from '../../src/store/releases.js';
import type { Db } from '../../src/store/schema.js';
import { beganWith, carryOver } from './carrying.js';
import { closeIncident } from './closing.js';
import { soaked } from './judging.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

const DAY_MS = 24 * 3_600_000;

/** What a signal of kind `sighting` holds. `startedAt`: when the first of its workers began; null where it cannot be told. */
export interface SightedRelease {
  readonly release: ReleaseSighting;
  readonly startedAt: number | null;
}

/** A release was seen running. It is a launch when it is another than the one that is, or was last, watched. */
export async function launchSighted(tx: Db, ctx: StageContext, app: Resource, seen: SightedRelease): Promise<void> {
  const release = await enterRelease(tx, app.id, seen.release, ctx.clock.now());
  const newest = await newestLaunchOf(tx, app.id);
  if (newest?.releaseId === release.id) return;
  const why = newest ? whyNew(release) : 'first seen';
  const deployer = release.commit === null ? null : await deployerOf(tx, app.id, { commit: release.commit, since: ctx.clock.now() - DAY_MS });
  await launch(tx, ctx, app, release, { why, who: 'hypercare', ...(deployer === null ? {} : { deployer }), startedAt: seen.startedAt, autoRollback: release.quarantinedAt === null && !(await rolledBackLately(tx, ctx, app)) });
}

function whyNew(release: Release): string {
  return release.quarantinedAt === null ? 'a new release was seen running' : `it runs again, though it ${sayBad(release)}`;
}

/** A rollback that failed leaves a release running that nobody launched: the machine does not go on from there by itself. */
async function rolledBackLately(tx: Db, ctx: StageContext, app: Resource): Promise<boolean> {
  return countRollbacks(await actsOn(tx, app.id, ctx.clock.now() - DAY_MS), 0) > 0;
}

export interface LaunchReason {
  readonly why: string;
  readonly who: string;
  /** Who asked for the deploy that was seen to go live, where one was. */
  readonly deployer?: string;
  readonly autoRollback: boolean;
  /** When its processes began, where that was seen. */
  readonly startedAt?: number | null;
}

/** Opens a launch of a release; the open one is superseded, and so is what was wrong with it. What began with the new one goes on. */
export async function launch(tx: Db, ctx: StageContext, app: Resource, release: Release, reason: LaunchReason): Promise<Launch> {
  const now = ctx.clock.now();
  const carried = await supersede(tx, ctx, app, { release, startedAt: reason.startedAt ?? null });
  const opened = await openLaunch(tx, { appId: app.id, releaseId: release.id, endsAt: now + windowMs(ctx.settings.tiers), autoRollback: reason.autoRollback, why: reason.why, who: reason.deployer ?? reason.who }, now);
  if (release.verdict === 'unwatched' || release.verdict === 'superseded' || release.verdict === 'unproven') {
    await judgeRelease(tx, release.id, 'watching', reason.why, now);
  }
  await tell(tx, ctx.hostId, { kind: 'launch.started', launchId: opened.id }, now);
  if (carried) await carryOver(tx, ctx, carried, { launch: opened, name: releaseName(release) });
  await record(tx, ctx, { who: reason.who, what: `launch of ${app.name} ${releaseName(release)} began`, why: reason.why, body: { launch: opened.id, release: release.id, commit: release.commit } });
  return opened;
}

/** Verdicts belong to a release: the newcomer starts with a clean slate, and old trouble is history. Returns what is not old. */
async function supersede(tx: Db, ctx: StageContext, app: Resource, by: { readonly release: Release; readonly startedAt: number | null }): Promise<Incident | null> {
  const now = ctx.clock.now();
  const { release } = by;
  const incident = await openIncidentOf(tx, app.id);
  const isNew = incident !== null && by.startedAt !== null && (await beganWith(tx, incident, by.startedAt));
  if (incident && !isNew) await closeIncident(tx, ctx, incident, `${UNSEEN_END.superseded} ${releaseName(release)}`);
  const current = await openLaunchOf(tx, app.id);
  if (!current) return isNew ? incident : null;
  const good = incident ? null : await soaked(tx, current, { soakMs: ctx.settings.policy.soakMs, now });
  // It was seen a moment after it began to run: what was measured and restarted since then is not its predecessor's.
  await endLaunch(tx, current.id, 'superseded', Math.max(current.startedAt, Math.min(by.startedAt ?? now, now)));
  await tell(tx, ctx.hostId, { kind: 'launch.ended', launchId: current.id, body: { by: release.id } }, now);
  const left = await getRelease(tx, current.releaseId);
  if (left.id !== release.id && left.verdict === 'watching' && good !== null) await judgeRelease(tx, left.id, 'stable', good, now);
  else if (left.id !== release.id && left.verdict === 'watching') await judgeRelease(tx, left.id, 'superseded', `superseded by ${releaseName(release)} after ${Math.round((now - current.startedAt) / 60_000)} min`, now);
  return isNew ? incident : null;
}
