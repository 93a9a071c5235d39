import { tellsHealth } from '../../src/domain/check.js';
import type { DetectorClaims } from '../../src/domain/finding.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { Launch } from '../../src/domain/launch.js';
import { neededBy, type Resource } from '../../src/domain/resource.js';
import { valueNamed } from '../../src/domain/series.js';
import { stayedBroken, type PastTrouble } from '../../src/domain/stayed-broken.js';
import { checksOf } from '../../src/store/checks.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { goodBefore, pastTrouble } from '../../src/store/past-trouble.js';
import { getResource, listEdges } from '../../src/store/resources.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import type { Past } from './recall.js';
import type { StageContext } from './stage.js';

/**
 * The kind of an incident of an app that broke together with what it needs, and stays broken though that is well again:
 * its pools most likely hold connections that are gone, or it gave up to connect. A reload gives it new ones; an older
 * release would not, so its ladder has no rollback.
 */
export const CONNECTIONS_LOST = 'connections-lost';

/** What these claim rests on answers. What hangs, crashes or is down is repaired as that, which brings new connections too. */
const OF_ANSWERS: readonly string[] = ['endpoint-failing', 'all-endpoints-failing'];
const LOOK_BACK_MS = 2 * 3_600_000;
/** Some servers tell for how many whole seconds they run. */
const WHOLE_SECONDS_MS = 1_000;

interface Seen {
  readonly launch: Launch | null;
  readonly pasts: readonly Past[];
}

/** Claims of answers that broke with what the app needs and did not come back with it take that name, and are no emergency: nothing speaks against the release. */
export async function blameConnections(ctx: StageContext, app: Resource, seen: Seen, made: readonly DetectorClaims[]): Promise<readonly DetectorClaims[]> {
  const concerned = made.some(({ detector, claims }) => OF_ANSWERS.includes(detector) && claims.some(({ state }) => state === 'present'));
  if (!concerned || app.kind !== 'app') return made;
  const back = await wellAgain(ctx, app.id);
  const lostTo = back.filter(({ troubles }) => troubles.some((trouble) => broke(seen, trouble))).map(({ name }) => name);
  if (lostTo.length === 0) return made;
  return made.map(({ detector, claims }) => ({
    detector,
    claims: !OF_ANSWERS.includes(detector) ? claims : claims.map((claim) => (claim.state === 'absent' || isDoubt(claim.kind, detector) ? claim : {
      ...claim, kind: CONNECTIONS_LOST, emergency: false, title: `${claim.title}, though ${lostTo.join(' and ')} ${lostTo.length === 1 ? 'is' : 'are'} good again`,
      evidence: [...claim.evidence, `it was well before, and broke with ${lostTo.join(' and ')}: its connections there are most likely lost`],
    })),
  }));
}

/** Another stage gave it a name of its own. */
function isDoubt(kind: string, detector: string): boolean {
  return kind !== detector;
}

/** By every trusted address that is bad now: one that was bad before has nothing to do with it. */
function broke({ launch, pasts }: Seen, trouble: PastTrouble): boolean {
  const bad = pasts.filter(({ check, samples }) => check.probe === 'http' && check.trusted && samples.findLast(({ verdict }) => verdict === 'good' || verdict === 'bad')?.verdict === 'bad');
  return bad.length > 0 && bad.every(({ samples }) => stayedBroken(samples.filter(({ at }) => at >= (launch?.startedAt ?? 0)), trouble));
}

/** What the app needs that was in trouble lately, and of which all that is measured is good by now. */
async function wellAgain(ctx: StageContext, app: ResourceId): Promise<readonly { readonly name: string; readonly troubles: readonly PastTrouble[] }[]> {
  const { db } = ctx.store;
  const needed = neededBy(app, await listEdges(db, ctx.hostId));
  const all = await Promise.all(needed.map(async (id) => ((await isWell(db, id)) ? [{ name: (await getResource(db, id)).name, troubles: await troublesOf(ctx, id) }] : [])));
  return all.flat();
}

async function isWell(db: Db, id: ResourceId): Promise<boolean> {
  if ((await openIncidentOf(db, id))?.severity === 'critical') return false;
  const newest = await Promise.all((await checksOf(db, id)).filter((check) => tellsHealth(check) && check.trusted).map((check) => newestSample(db, check.id)));
  return newest.length > 0 && newest.every((sample) => sample?.verdict === 'good');
}

async function troublesOf(ctx: StageContext, id: ResourceId): Promise<readonly PastTrouble[]> {
  const { db } = ctx.store;
  const since = ctx.clock.now() - LOOK_BACK_MS;
  const restarts = await Promise.all((await checksOf(db, id)).map(async ({ id: check, probe }) => {
    const newest = await newestSample(db, check);
    const uptimeMs = newest && valueNamed(ctx.units.probes[probe]?.fields ?? [], newest.values, 'uptime_ms');
    return newest && uptimeMs !== null ? [newest.at - uptimeMs] : [];
  }));
  const begun = restarts.flat().filter((at) => at > since);
  const seen = await Promise.all(begun.map(async (at) => ({ from: await goodBefore(db, id, at - WHOLE_SECONDS_MS), until: at })));
  return [...(await pastTrouble(db, id, since)), ...seen.flatMap(({ from, until }) => (from === null ? [] : [{ from, until }]))];
}
