import { afterEach, beforeEach } from 'vitest';
import type { CheckId, HostId, IncidentId, PlanId, QuestionId, ResourceId } from '../../../src/domain/ids.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { checksOf, syncChecks, type WatchedCheck } from '../../../src/store/checks.js';
import { takeFence } from '../../../src/store/hosts.js';
import { openIncident } from '../../../src/store/incidents.js';
import { draftPlan } from '../../../src/store/plans.js';
import { ask } from '../../../src/store/questions.js';
import { syncResources } from '../../../src/store/resources.js';
import type { Db } from '../../../src/store/schema.js';
import { fenced } from '../../../src/store/fenced.js';
import { openStore, type Store, type StoreAddress } from '../../../src/store/store.js';

/** Where stores can be made: a directory, or a PostgreSQL. */
export interface StagePlace {
  /** A store without tables. */
  empty(): Promise<StoreAddress>;
  stop(): Promise<void>;
}

export const NOW = Date.UTC(2026, 10, 21, 3, 12);
export const MINUTE = 60_000;

/** What each test has: a host of its own that watches shop and blog, on a store that other tests use too. */
export interface Stage {
  /** A connection to the store, and the monitor's view of it. */
  readonly store: Store;
  readonly own: Store;
  readonly hostName: string;
  readonly hostId: HostId;
  readonly fence: number;
  readonly shop: ResourceId;
  readonly blog: ResourceId;
  /** One transaction of the monitor. */
  write<T>(fn: (tx: Db) => Promise<T>): Promise<T>;
  /** Another connection, as another process has one; closed after the test. */
  another(): Store;
  /** For what must be equal on no two hosts: names of people, keys. */
  unique(word: string): string;
}

export interface StageHolder extends Stage {
  begin(store: Store, address: StoreAddress): void;
}

/** Registers the hooks that give each test its host. */
export function makeStage(): StageHolder {
  let address: StoreAddress | null = null;
  let hosts = 0;
  let now = {} as Omit<Stage, 'store' | 'write' | 'another' | 'unique'>;
  let shared: Store | null = null;
  const others: Store[] = [];
  beforeEach(async () => {
    if (!shared) throw new Error('the stage has not begun');
    const hostName = `vm-${(hosts += 1)}`;
    const { id, fence } = await shared.write((tx) => takeFence(tx, hostName, NOW));
    const [blog, shop] = await shared.write((tx) => syncResources(tx, id, ['blog', 'shop'].map((name) => ({ kind: 'app', name, config: {} })), NOW));
    now = { hostName, hostId: id, fence, own: fenced(shared, id, fence), shop: (shop as { id: ResourceId }).id, blog: (blog as { id: ResourceId }).id };
  });
  afterEach(async () => {
    for (const other of others.splice(0)) await other.close();
  });
  return {
    begin(store, at) {
      shared = store;
      address = at;
    },
    get store() {
      return shared as Store;
    },
    get own() {
      return now.own;
    },
    get hostName() {
      return now.hostName;
    },
    get hostId() {
      return now.hostId;
    },
    get fence() {
      return now.fence;
    },
    get shop() {
      return now.shop;
    },
    get blog() {
      return now.blog;
    },
    write: (fn) => now.own.write(fn),
    another() {
      const other = openStore(address as StoreAddress);
      others.push(other);
      return other;
    },
    unique: (word) => `${word}-${now.hostName}`,
  };
}

export const PREPARED: Prepared = {
  does: [{ name: 'reload', does: 'pm2 reload shop', timeoutMs: 30_000 }], touches: [], bounds: { restarts: 2 },
  verify: { checks: ['liveness'], good: 3, settleMs: 5_000, withinMs: 60_000 }, wayBack: null, witness: { pids: [11] }, artefacts: [], notes: ['a note'],
};

export async function openOn(tx: Db, resourceId: ResourceId, now = NOW): Promise<IncidentId> {
  return (await openIncident(tx, { resourceId, launchId: null, kind: 'hang', severity: 'critical', emergency: false, title: 'it hangs' }, now)).id;
}

export async function planFor(tx: Db, incidentId: IncidentId, targetId: ResourceId, now = NOW): Promise<PlanId> {
  return draftPlan(tx, { incidentId, targetId, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, now);
}

/** An open question about a resource, with the incident and the plan it needs. */
export async function askAbout(tx: Db, resourceId: ResourceId, now = NOW): Promise<{ readonly planId: PlanId; readonly questionId: QuestionId }> {
  const planId = await planFor(tx, await openOn(tx, resourceId, now), resourceId, now);
  return { planId, questionId: await ask(tx, { planId, appId: resourceId, hash: 'h', need: 1, expiresAt: now + MINUTE }, now) };
}

export function watched(resourceId: ResourceId, change: Partial<WatchedCheck> = {}): WatchedCheck {
  return { resourceId, name: 'liveness', probe: 'http', options: {}, cadence: 'every', everyMs: 30_000, critical: true, ...change };
}

/** The host watches exactly one check, of `shop`. */
export async function oneCheck(stage: Stage): Promise<CheckId> {
  await stage.write((tx) => syncChecks(tx, stage.hostId, [watched(stage.shop)], NOW));
  const [check] = await checksOf(stage.store.db, stage.shop);
  return (check as { id: CheckId }).id;
}
