import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import { releaseName, sayBad, type Release } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { checksOf, trustAll } from '../../src/store/checks.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { judgeRelease } from '../../src/store/releases.js';
import type { Request } from '../../src/store/requests.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { launch } from './launching.js';
import { record } from './record.js';
import type { AppConfig, StageContext } from './stage.js';
import { runningRelease } from './what-runs-now.js';

export async function launchByHand(tx: Db, ctx: StageContext, app: Resource, request: Request): Promise<Json> {
  const release = await runningRelease(tx, ctx, app);
  const why = (request.args as { readonly why?: string | null }).why || `${request.personName} began it by hand`;
  await trustAll(tx, app.id);
  const opened = await launch(tx, ctx, app, release, { why, who: request.personName, autoRollback: release.quarantinedAt === null });
  return { launchId: opened.id, release: releaseName(release) };
}

/** A person vouches for the running release: a rollback may go to it from now on, where there is a way to it. */
export async function restorePoint(tx: Db, ctx: StageContext, app: Resource, request: Request): Promise<Json> {
  const args = request.args as { readonly reason?: string | null; readonly force?: boolean };
  const reason = String(args.reason ?? '').trim();
  if (!reason) throw new HypercareError('request.no_reason', 'invalid', 'a restore point needs a reason', 'Say why this release is good: --reason "…".');
  const release = await runningRelease(tx, ctx, app);
  await refuseSick(tx, app, release);
  const bad = release.verdict === 'bad' || release.quarantinedAt !== null;
  if (bad && args.force !== true) throw foundBad(release);
  await judgeRelease(tx, release.id, 'stable', `marked by ${request.personName}: ${reason}`, ctx.clock.now());
  const although = bad ? `, although it ${sayBad(release)}` : '';
  await record(tx, ctx, { who: request.personName, what: `restore point: ${app.name} ${releaseName(release)} counts as stable${although}`, why: reason, body: { release: release.id, commit: release.commit, forced: bad } });
  return { release: releaseName(release), noWayBack: noWayBack(app, release) };
}

/** What fails now is not what a rollback should go to, whoever says so. */
async function refuseSick(tx: Db, app: Resource, release: Release): Promise<void> {
  const trouble = await troubleOf(tx, app);
  if (trouble !== null) throw new HypercareError('release.sick', 'permanent', `${releaseName(release)} is no restore point while ${app.name} is not well: ${trouble}`, `Wait until it is good again (hypercare status ${app.name}), and ask again.`);
}

async function troubleOf(tx: Db, app: Resource): Promise<string | null> {
  const incident = await openIncidentOf(tx, app.id);
  if (incident !== null && incident.kind !== 'manual') return incident.title;
  for (const check of (await checksOf(tx, app.id)).filter(({ critical }) => critical)) {
    const newest = await newestSample(tx, check.id);
    if (newest?.verdict === 'bad') return `${check.name}: ${newest.note ?? 'bad'}`;
  }
  return null;
}

function foundBad(release: Release): HypercareError {
  return new HypercareError('release.bad', 'permanent', `${releaseName(release)} ${sayBad(release)}`, 'If you know that it is good by now, ask again with --force: rollbacks may go to it then.');
}

/** Why no rollback can go there, though it counts as stable; null where one can. Releases that stand side by side need no commit. */
function noWayBack(app: Resource, { commit, dir }: Release): string | null {
  const { release } = app.config as unknown as AppConfig;
  if (!release) return `the config of ${app.name} does not say where its releases stand`;
  return commit === null && release.mode === 'in-place' ? `${dir} is no git tree, so there is no commit to go back to` : null;
}
