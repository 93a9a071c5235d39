import { HypercareError } from '../../src/domain/errors.js';
import type { Check } from '../../src/domain/check.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import { releaseName, type Release, type ReleaseSighting } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { checksOf, scheduleCheck } from '../../src/store/checks.js';
import { enterRelease } from '../../src/store/releases.js';
import { underWayOn } from '../../src/store/remediations.js';
import type { Request } from '../../src/store/requests.js';
import { lastSighting } from '../../src/store/resources.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { waitingSignals } from '../../src/store/signals.js';
import type { StageContext } from './stage.js';

/** People wait for the answer, and PM2 or git may not answer at all; on a busy host they take seconds. */
const LOOK_WITHIN_MS = 10_000;
/** Requests that speak of what runs as they are made. */
const SPEAK_OF_IT: readonly string[] = ['launch', 'restore-point', 'rollback', 'repair', 'deploy'];
const MOST_SIGNALS = 200;

/** wait: the look is still to come · looked: what is known of the app is newer than the request · late: no look came in time. */
export type Look = 'wait' | 'looked' | 'late';

/**
 * A release is noticed some seconds after its deploy; whoever deploys and asks at once means the new one. So the request
 * waits for a look that began after it, and for the launch that this look may begin.
 */
export async function lookSince(ctx: StageContext, request: Request): Promise<Look> {
  const { db } = ctx.store;
  const now = ctx.clock.now();
  if (!SPEAK_OF_IT.includes(request.verb) || request.resourceId === null || request.at > now) return 'looked';
  const check = await releaseCheck(db, request.resourceId);
  if (check === null) return 'looked';
  const newest = await newestSample(db, check.id);
  if (newest !== null && newest.at >= request.at) return (await isNews(ctx, request.resourceId)) ? 'wait' : 'looked';
  return now < lookBy(request) ? 'wait' : 'late';
}

export function lookBy(request: Request): number {
  return request.at + LOOK_WITHIN_MS;
}

/** Makes the look due. One that is under way began too early; its end comes by here again. */
export async function lookNow(tx: Db, ctx: StageContext, appId: ResourceId): Promise<void> {
  const check = await releaseCheck(tx, appId);
  if (check !== null && check.nextAt > ctx.clock.now()) await scheduleCheck(tx, check.id, ctx.clock.now());
}

/** Whoever deployed says so: what runs is looked at now, and not at the next reading. */
export async function lookByHand(tx: Db, ctx: StageContext, app: Resource): Promise<Json> {
  await lookNow(tx, ctx, app.id);
  return { looked: app.name };
}

export function notLooked(app: Resource): HypercareError {
  return new HypercareError(
    'release.not_looked', 'transient', `what runs of ${app.name} could not be looked at within ${LOOK_WITHIN_MS / 1_000} s, and nothing was done`,
    'See whether PM2 answers (pm2 status), and ask again.',
  );
}

/** The release that the newest look saw. Throws, rather than to speak of the one before, where it could not tell. */
export async function runningRelease(tx: Db, ctx: StageContext, app: Resource): Promise<Release> {
  if (await underWayOn(tx, app.id)) throw new HypercareError('repair.under_way', 'transient', `something is being done to ${app.name} just now`, 'Wait for it to end: hypercare incidents shows it.');
  const seen = (await lastSighting(tx, app.id)) as unknown as ReleaseSighting | null;
  const check = await releaseCheck(tx, app.id);
  const newest = check === null ? null : await newestSample(tx, check.id);
  if (seen === null) throw new HypercareError('release.unseen', 'transient', `no running release of ${app.name} has been seen yet${newest?.note ? `: ${newest.note}` : ''}`, 'Check that its processes run (pm2 status), wait for the next reading, and ask again.');
  if (newest !== null && newest.verdict !== 'good') {
    throw new HypercareError('release.unclear', 'transient', `what runs of ${app.name} cannot be told now: ${newest.note ?? 'it could not be measured'}; seen last was ${releaseName(seen)}`, `When a deploy is under way, wait for its end; else have PM2 reload ${app.name}, so that it runs what stands on disk. Then ask again.`);
  }
  return enterRelease(tx, app.id, seen, ctx.clock.now());
}

async function releaseCheck(db: Db, appId: ResourceId): Promise<Check | null> {
  return (await checksOf(db, appId)).find(({ probe }) => probe === 'release') ?? null;
}

/** The look saw another release, and its launch has not begun yet. */
async function isNews({ store, hostId }: StageContext, appId: ResourceId): Promise<boolean> {
  return (await waitingSignals(store.db, hostId, MOST_SIGNALS)).some(({ kind, resourceId }) => kind === 'sighting' && resourceId === appId);
}
