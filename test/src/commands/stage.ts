import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext } from '../../../src/commands/context.js';
import type { Context, RepairKind } from '../../../src/commands/command.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { HostId, ResourceId } from '../../../src/domain/ids.js';
import type { Launch } from '../../../src/domain/launch.js';
import type { Person } from '../../../src/domain/person.js';
import type { Plan } from '../../../src/domain/plan.js';
import type { Question } from '../../../src/domain/question.js';
import type { Release } from '../../../src/domain/release.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { checksOf, syncChecks } from '../../../src/store/checks.js';
import { noteFinding } from '../../../src/store/findings.js';
import { hostByName, takeFence } from '../../../src/store/hosts.js';
import { openIncident } from '../../../src/store/incidents.js';
import { openLaunch } from '../../../src/store/launches.js';
import { personOf, syncPeople } from '../../../src/store/people.js';
import { draftPlan, getPlan, keepDecision, keepPrepared } from '../../../src/store/plans.js';
import { ask, getQuestion } from '../../../src/store/questions.js';
import { enterRelease, judgeRelease } from '../../../src/store/releases.js';
import { endRequest, takeRequest, waitingRequests, type Request, type RequestResult } from '../../../src/store/requests.js';
import { listResources, syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import type { HostsTable } from '../../../src/store/schema.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { BEGAN, finding, reload } from '../cards/views.js';
import { policy } from '../policy/policies.js';

/** A real store in a directory of its own: host vm-1 watches shop and blog; Ann approves, Otto operates, Vera looks. */
export interface Stage {
  readonly store: Store;
  readonly file: string;
  readonly dir: string;
  readonly hostId: HostId;
  readonly shop: ResourceId;
  readonly blog: ResourceId;
  /** The wall clock of everything; commands that wait move it on. */
  now: number;
  /** Times the monitor was woken. */
  pokes: number;
  /** Called at each pause of a waiting command: where a test plays the monitor. */
  meanwhile: () => Promise<void>;
  as(name: string | null, change?: Partial<Omit<Context, 'ask'>>): Promise<Context>;
  close(): Promise<void>;
}

const REPAIRS: readonly RepairKind[] = [
  { kind: 'pm2.reload', target: 'app', summary: 'reloads the app without downtime', refuses: 'fork mode', risk: 'safe', takes: ['[process=…]'] },
  { kind: 'release.rollback', target: 'app', summary: 'goes back to the last stable release', refuses: 'no stable release', risk: 'disruptive', takes: [] },
];

const PEOPLE = [
  { name: 'Ann', role: 'approver', accounts: [{ platform: 'terminal', userId: 'ann' }, { platform: 'slack', userId: 'U0ANN' }] },
  { name: 'Bob', role: 'approver', accounts: [{ platform: 'telegram', userId: '7002' }] },
  { name: 'Otto', role: 'operator', accounts: [{ platform: 'terminal', userId: 'otto' }] },
  { name: 'Vera', role: 'viewer', accounts: [{ platform: 'slack', userId: 'U0VERA' }] },
] as const;

let template: Promise<Buffer> | null = null;

/** A store as the monitor leaves it after its start. Migrating costs a second on a busy machine, so it is done once a file. */
async function makeTemplate(): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-template-'));
  const file = join(dir, 'hypercare.db');
  const store = openStore({ file });
  await migrate(store);
  const host = await store.write((tx) => takeFence(tx, 'vm-1', BEGAN));
  await store.write(async (tx) => {
    await syncPeople(tx, host.id, PEOPLE, BEGAN);
    await syncResources(tx, host.id, ['shop', 'blog'].map((name) => ({ kind: 'app', name, config: { processes: [`${name}-web`] } })), BEGAN);
  });
  await store.close();
  const bytes = await readFile(file);
  await rm(dir, { recursive: true, force: true });
  return bytes;
}

export async function openStage(): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-commands-'));
  const file = join(dir, 'hypercare.db');
  template ??= makeTemplate();
  await writeFile(file, await template);
  const store = openStore({ file });
  const host = (await hostByName(store.db, 'vm-1')) as HostsTable;
  const resources = await listResources(store.db, host.id);
  const idOf = (name: string): ResourceId => resources.find((resource) => resource.name === name)?.id as ResourceId;
  let spoken = 0;
  const stage: Stage = {
    store, file, dir, hostId: host.id, shop: idOf('shop'), blog: idOf('blog'), now: BEGAN, pokes: 0, meanwhile: async () => undefined,
    async as(name, change = {}) {
      const account = PEOPLE.find((person) => person.name === name)?.accounts[0] ?? { platform: 'slack' as const, userId: 'U0NOBODY' };
      const person: Person | null = await personOf(store.db, host.id, account);
      return createContext({
        store, hostId: host.id, person, via: account.platform, userId: account.userId, nonce: `nonce-${(spoken += 1)}`, timeZone: 'UTC', tiers: DEFAULT_TIERS, settleMs: 0, policy: policy('observe'),
        now: () => stage.now,
        async sleep(ms) {
          stage.now += ms;
          await stage.meanwhile();
        },
        poke: async () => void (stage.pokes += 1),
        repairs: async () => REPAIRS,
        ...change,
      });
    },
    async close() {
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return stage;
}

/** Plays the monitor: every request that waits is taken and ended so. */
export function monitorAnswers(stage: Stage, answer: (request: Request) => Promise<RequestResult> | RequestResult): void {
  stage.meanwhile = async () => {
    for (const request of await waitingRequests(stage.store.db, stage.hostId)) {
      await stage.store.write(async (tx) => {
        await takeRequest(tx, request.id, stage.now);
        await endRequest(tx, request.id, await answer(request), stage.now);
      });
    }
  };
}

export async function watchShop(stage: Stage, verdict: 'good' | 'bad' | 'error' = 'good', at = stage.now): Promise<void> {
  await stage.store.write(async (tx) => {
    await syncChecks(tx, stage.hostId, [{ resourceId: stage.shop, name: 'liveness', probe: 'http', options: {}, cadence: 'every', everyMs: 30_000, critical: true }], stage.now);
    const [check] = await checksOf(tx, stage.shop);
    await insertSamples(tx, [{ checkId: check?.id as number, at, verdict, ms: 12, values: [12], note: verdict === 'good' ? null : 'connect refused' }]);
  });
}

export async function release(stage: Stage, commit: string, stable = false): Promise<Release> {
  return stage.store.write(async (tx) => {
    const entered = await enterRelease(tx, stage.shop, { commit: commit.padEnd(40, '0'), dir: `/srv/shop/releases/${commit}`, lockHash: null, configHash: null, nodeVersion: null }, stage.now);
    if (stable) await judgeRelease(tx, entered.id, 'stable', 'passed its watch', stage.now);
    return entered;
  });
}

export async function launched(stage: Stage, commit = '4f2a91c'): Promise<Launch> {
  const { id } = await release(stage, commit);
  return stage.store.write((tx) => openLaunch(tx, { appId: stage.shop, releaseId: id, endsAt: stage.now + 72 * 3_600_000, autoRollback: true, why: 'a new release was seen running' }, stage.now));
}

export async function broken(stage: Stage): Promise<Incident> {
  return stage.store.write(async (tx) => {
    const opened = await openIncident(tx, { resourceId: stage.shop, launchId: null, kind: finding.kind, severity: 'critical', emergency: false, title: finding.title }, stage.now);
    await noteFinding(tx, { incidentId: opened.id, resourceId: stage.shop, detector: finding.detector, now: stage.now }, { state: 'present', fingerprint: finding.fingerprint, kind: finding.kind, severity: 'critical', emergency: false, title: finding.title, evidence: finding.evidence });
    return opened;
  });
}

/** A plan that people are asked about, with its open question. */
export async function asked(stage: Stage, incident: Incident, options: { readonly need?: number; readonly askedBy?: string } = {}): Promise<{ readonly plan: Plan; readonly question: Question }> {
  return stage.store.write(async (tx) => {
    const planId = await draftPlan(tx, { incidentId: incident.id, targetId: stage.shop, repair: 'release.rollback', args: { to: '9d1e003', reason: 'runbook' }, risk: 'disruptive', askedBy: options.askedBy ?? null, requestId: null }, stage.now);
    await keepPrepared(tx, planId, reload, 'b'.repeat(64), 'prepared');
    await keepDecision(tx, planId, { verdict: 'ask', rule: 'rollbacks ask', why: 'the rule “rollbacks ask” asks first' }, 'asked');
    const id = await ask(tx, { planId, appId: stage.shop, hash: 'b'.repeat(64), need: options.need ?? 1, expiresAt: stage.now + 30 * 60_000 }, stage.now);
    return { plan: await getPlan(tx, planId), question: (await getQuestion(tx, id)) as Question };
  });
}
