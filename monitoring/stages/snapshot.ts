import type { Evidence } from '../../src/domain/evidence.js';
import type { RemediationId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import type { Plan } from '../../src/domain/plan.js';
import type { Resource } from '../../src/domain/resource.js';
import { maskedError, maskFacts } from '../../src/io/mask.js';
import { checksOf } from '../../src/store/checks.js';
import { evidenceNotes, keepEvidence } from '../../src/store/evidence.js';
import { getIncident } from '../../src/store/incidents.js';
import { lastTwoReleases } from '../../src/store/launches.js';
import { getRelease } from '../../src/store/releases.js';
import { recentSamples } from '../../src/store/samples.js';
import { getResource, listEdges } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import type { Collector, Subject } from '../evidence/collector.js';
import type { AppConfig, StageContext } from './stage.js';

/** How long the first touch waits for evidence: every moment counts where an app hangs, and its processes hold little else. */
const WAIT_MS = { hang: 200, otherwise: 2_000 } as const;
/** What took longer than this is not there any more as it was. */
const COLLECT_MS = 5_000;
const MOST_CHARS = 128_000;
const SAMPLES = 5;

export interface Touch {
  readonly id: RemediationId;
  readonly plan: Plan;
  /** True when a step has begun already, before a crash: what is collected now shows nothing of before. */
  readonly touched: boolean;
}

/**
 * Keeps what the repair is about to destroy. Returns when all of it is there, or the wait is over; what it returns waits
 * for the rest, which goes on beside the repair. A collector that fails or is late never stops the repair: that it is
 * missing is kept in its place.
 */
export async function snapshot(ctx: StageContext, touch: Touch, signal: AbortSignal): Promise<() => Promise<void>> {
  const kept = new Set((await evidenceNotes(ctx.store.db, touch.id)).map(({ kind }) => kind));
  const resource = await getResource(ctx.store.db, touch.plan.targetId);
  const wanted = (await lookedAt(ctx, resource)).filter(({ kind }) => !kept.has(kind));
  const keep = (taken: readonly Evidence[]) => (taken.length === 0 ? undefined : ctx.store.write((tx) => keepEvidence(tx, touch.id, taken)));
  if (touch.touched || wanted.length === 0) {
    await keep(wanted.map(({ kind }) => missing(kind, ctx.clock.now(), 'hypercare was ended before it was there')));
    return async () => undefined;
  }
  const enough = AbortSignal.timeout(await waitFor(ctx, touch.plan));
  const taken: Evidence[] = [];
  const all = Promise.all(wanted.map(async (look) => taken.push(await collect(ctx, look, await subjectOf(ctx, look.resource), signal))));
  await Promise.race([all, aborted(enough), aborted(signal)]);
  await keep(taken.splice(0));
  return async () => {
    await Promise.race([all, aborted(signal)]);
    if (!signal.aborted) await keep(taken.splice(0));
  };
}

/** What is collected of which resource, under its own name. */
interface Look {
  readonly kind: string;
  readonly resource: Resource;
  readonly collector: Collector<Json>;
}

/** Of what is touched all that there is; of each server it uses what is known of its kind: who held a lock, or what Redis was short of, is gone once the app was restarted. */
async function lookedAt(ctx: StageContext, target: Resource): Promise<readonly Look[]> {
  const own = ctx.units.evidence.filter(({ of }) => (of ?? target.kind) === target.kind).map((collector) => ({ kind: collector.kind, resource: target, collector }));
  const edges = (await listEdges(ctx.store.db, target.hostId)).filter(({ resourceId }) => resourceId === target.id);
  const servers = await Promise.all(edges.map(({ usesId }) => getResource(ctx.store.db, usesId)));
  return [...own, ...servers.flatMap((resource) => ctx.units.evidence.filter(({ of }) => of === resource.kind).map((collector) => ({ kind: `${collector.kind} ${resource.name}`, resource, collector })))];
}

async function waitFor(ctx: StageContext, plan: Plan): Promise<number> {
  return (await getIncident(ctx.store.db, plan.incidentId)).kind === 'hang' ? WAIT_MS.hang : WAIT_MS.otherwise;
}

async function collect(ctx: StageContext, { kind, collector: { collect: run } }: Look, subject: Subject, signal: AbortSignal): Promise<Evidence> {
  const at = ctx.clock.now();
  const late = AbortSignal.timeout(COLLECT_MS);
  try {
    const both = AbortSignal.any([signal, late]);
    const body = maskFacts(await Promise.race([run(subject, ctx.io, both), aborted(both).then(() => Promise.reject(new Error(`it was not there within ${COLLECT_MS / 1_000} s`)))])) as Json;
    return JSON.stringify(body).length > MOST_CHARS ? missing(kind, at, 'it is too large to be kept') : { kind, at, missing: null, body };
  } catch (error) {
    return missing(kind, at, maskedError(error));
  }
}

function missing(kind: string, at: number, why: string): Evidence {
  return { kind, at, missing: why, body: null };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

async function subjectOf(ctx: StageContext, resource: Resource): Promise<Subject> {
  const { db } = ctx.store;
  const targetId = resource.id;
  const { processes, release } = resource.config as unknown as AppConfig;
  const [running, previous] = await lastTwoReleases(db, targetId);
  return {
    name: resource.name, url: ctx.settings.urlOf(resource.name), processes: processes ?? [], dir: release?.dir ?? null, repo: release?.mode === 'in-place' ? release.dir : (release?.repo ?? null),
    running: running && (await getRelease(db, running)), previous: previous && (await getRelease(db, previous)),
    readings: await readingsOf(ctx, db, targetId),
  };
}

async function readingsOf(ctx: StageContext, db: Db, targetId: Plan['targetId']): Promise<Subject['readings']> {
  const checks = (await checksOf(db, targetId)).filter(({ probe }) => probe !== 'release');
  return Promise.all(checks.map(async (check) => ({ check: check.name, fields: ctx.units.probes[check.probe]?.fields ?? [], samples: await recentSamples(db, check.id, 0, SAMPLES) })));
}
