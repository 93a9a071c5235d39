import type { Launch } from '../../src/domain/launch.js';
import { releaseName, type Release, type ReleaseSighting } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { windowMs } from '../../src/domain/tiers.js';
import { countRollbacks } from '../../src/policy/budget.js';
import { actsOn } from '../../src/store/acts.js';
import { tell } from '../../src/store/events.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { endLaunch, newestLaunchOf, openLaunch, openLaunchOf } from '../../src/store/launches.js';
import { enterRelease, getRelease, judgeRelease } from '../../src/store/releases.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident } from './closing.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

const DAY_MS = 24 * 3_600_000;

/** A release was seen running. It is a launch when it is another than the one that is, or was last, watched. */
export async function launchSighted(tx: Db, ctx: StageContext, app: Resource, seen: ReleaseSighting): Promise<void> {
  const release = await enterRelease(tx, app.id, seen, ctx.clock.now());
  const newest = await newestLaunchOf(tx, app.id);
  if (newest?.releaseId === release.id) return;
  await launch(tx, ctx, app, release, { why: newest ? 'a new release was seen running' : 'first seen', who: 'hypercare', autoRollback: release.quarantinedAt === null && !(await rolledBackLately(tx, ctx, app)) });
}

/** A rollback that failed leaves a release running that nobody launched: the machine does not go on from there by itself. */
async function rolledBackLately(tx: Db, ctx: StageContext, app: Resource): Promise<boolean> {
  return countRollbacks(await actsOn(tx, app.id, ctx.clock.now() - DAY_MS), 0) > 0;
}

export interface LaunchReason {
  readonly why: string;
  readonly who: string;
  readonly autoRollback: boolean;
}

/** Opens a launch of a release; the open one, and what was wrong with it, are superseded. */
export async function launch(tx: Db, ctx: StageContext, app: Resource, release: Release, reason: LaunchReason): Promise<Launch> {
  const now = ctx.clock.now();
  await supersede(tx, ctx, app, release);
  const opened = await openLaunch(tx, { appId: app.id, releaseId: release.id, endsAt: now + windowMs(ctx.settings.tiers), autoRollback: reason.autoRollback, why: reason.why }, now);
  if (release.verdict === 'unwatched' || release.verdict === 'superseded' || release.verdict === 'unproven') {
    await judgeRelease(tx, release.id, 'watching', reason.why, now);
  }
  await tell(tx, ctx.hostId, { kind: 'launch.started', launchId: opened.id }, now);
  await record(tx, ctx, { who: reason.who, what: `launch of ${app.name} ${releaseName(release)} began`, why: reason.why, body: { launch: opened.id, release: release.id, commit: release.commit } });
  return opened;
}

/** Verdicts belong to a release: the newcomer starts with a clean slate, and old trouble is history. */
async function supersede(tx: Db, ctx: StageContext, app: Resource, by: Release): Promise<void> {
  const now = ctx.clock.now();
  const incident = await openIncidentOf(tx, app.id);
  if (incident) await closeIncident(tx, ctx, incident, `superseded by release ${releaseName(by)}`);
  const current = await openLaunchOf(tx, app.id);
  if (!current) return;
  await endLaunch(tx, current.id, 'superseded', now);
  await tell(tx, ctx.hostId, { kind: 'launch.ended', launchId: current.id, body: { by: by.id } }, now);
  const left = await getRelease(tx, current.releaseId);
  if (left.id !== by.id && left.verdict === 'watching') await judgeRelease(tx, left.id, 'superseded', `superseded by ${releaseName(by)} after ${Math.round((now - current.startedAt) / 60_000)} min`, now);
}
