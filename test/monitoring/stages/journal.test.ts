import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RemediationId, ResourceId } from '../../../src/domain/ids.js';
import { systemClock } from '../../../src/io/clock.js';
import { actsOn, noteAct } from '../../../src/store/acts.js';
import { readAudit } from '../../../src/store/audits.js';
import { beginHold } from '../../../src/store/holds.js';
import { takeFence } from '../../../src/store/hosts.js';
import { openIncident, recentIncidents } from '../../../src/store/incidents.js';
import { draftPlan, keepPrepared } from '../../../src/store/plans.js';
import { journalOf } from '../../../src/store/journal.js';
import { beginRemediation, beginUndo, endRemediation, getRemediation, runsFor } from '../../../src/store/remediations.js';
import { syncResources } from '../../../src/store/resources.js';
import { fenced } from '../../../src/store/fenced.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';
import type { Repair, Step } from '../../../monitoring/repairs/repair.js';
import { runJournal } from '../../../monitoring/stages/journal.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';

// A monitor that dies is played by a store that never comes back from its n-th transaction; what stands in it is real.

const NOW = Date.now();
const NEVER = new Promise<never>(() => undefined);

let dir: string;
let store: Store;
/** What the steps have made of the world, and each act of theirs. */
let made: Set<string>;
let did: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hypercare-journal-'));
  store = openStore({ file: join(dir, 'store.db') });
  await migrate(store);
  made = new Set();
  did = [];
});

afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function step(name: string, options: { readonly fails?: boolean } = {}): Step {
  return {
    name,
    timeoutMs: 5_000,
    state: async () => (made.has(name) ? 'after' : 'before'),
    async act() {
      did.push(name);
      if (options.fails) throw new Error('it cannot be done');
      made.add(name);
      return { name };
    },
  };
}

/** As a rollback begins: what it notes is all that its undoing needs, for a death may swallow the receipt of any later step. */
const wayBack: Step = {
  name: 'way back',
  timeoutMs: 5_000,
  state: async (_witness, receipts) => (receipts['way back'] === undefined ? 'before' : 'after'),
  act: async () => ({}),
  async undo() {
    did.push('undo');
    made.clear();
  },
};

/** A remediation that has begun and done nothing yet. */
async function begin(kind = 'manual'): Promise<{ readonly id: RemediationId; readonly hostId: StageContext['hostId']; readonly fence: number }> {
  return store.write(async (tx) => {
    const host = await takeFence(tx, 'here', NOW);
    const [app] = await syncResources(tx, host.id, [{ kind: 'app', name: 'shop', config: {} }], NOW);
    const targetId = (app as { readonly id: ResourceId }).id;
    const incident = await openIncident(tx, { resourceId: targetId, launchId: null, kind, severity: 'info', emergency: false, title: 'asked for' }, NOW);
    const planId = await draftPlan(tx, { incidentId: incident.id, targetId, repair: 'test', args: {}, risk: 'safe', askedBy: null, requestId: null }, NOW);
    await keepPrepared(tx, planId, { does: [], touches: [], bounds: {}, verify: { checks: [], good: 1, settleMs: 1, withinMs: 1 }, wayBack: null, witness: {}, artefacts: [], notes: [] }, 'hash', 'running');
    const id = await beginRemediation(tx, { planId, resourceId: targetId, fingerprint: 'manual', fence: host.fence }, NOW);
    await noteAct(tx, { resourceId: targetId, at: NOW, by: 'us', kind: 'restart', fingerprint: 'manual', dedupe: `remediation:${id}`, note: 'test' });
    return { id: id as RemediationId, hostId: host.id, fence: host.fence };
  });
}

/** One life, which ends before or after its n-th transaction is committed. Resolves when it has ended in either way. */
async function life(run: Awaited<ReturnType<typeof begin>>, steps: readonly Step[], death: { readonly nth: number; readonly when: 'before' | 'after' } | null): Promise<'died' | 'finished'> {
  let transactions = 0;
  let die: (how: 'died') => void = () => undefined;
  const died = new Promise<'died'>((done) => (die = done));
  const write: Store['write'] = async (fn) => {
    transactions += 1;
    const last = transactions === death?.nth;
    const end = (): Promise<never> => (die('died'), NEVER);
    if (last && death.when === 'before') return end();
    const result = await store.write(fn);
    return last ? end() : result;
  };
  return Promise.race([runJournal(contextOf(run, steps, { ...store, write }), run.id, new AbortController().signal).then(() => 'finished' as const), died]);
}

function contextOf(run: Awaited<ReturnType<typeof begin>>, steps: readonly Step[], own: Store): StageContext {
  const repair: Repair<unknown> = { kind: 'test', target: 'app', summary: '', refuses: '', args: z.unknown(), risk: 'safe', prepare: async () => ({ refused: '' }), steps: () => steps };
  return { ...run, store: own, clock: systemClock, io: {}, log: { info: () => undefined }, settings: { urlOf: () => null }, freezeFile: join(dir, 'freeze'), units: { repairs: { test: repair }, evidence: [] } } as unknown as StageContext;
}

/** More than there are: the last ones come too late to hit. */
const DEATHS = Array.from({ length: 20 }, (_, n) => n + 1).flatMap((nth) => [{ nth, when: 'before' as const }, { nth, when: 'after' as const }]);

describe('a journal whose monitor dies', () => {
  it.each(DEATHS)('$when transaction $nth, does each step once and settles', async (death) => {
    const run = await begin();
    const steps = [step('one'), step('two'), step('three')];
    await life(run, steps, death);
    await life(run, steps, null);
    expect(did).toEqual(['one', 'two', 'three']);
    expect((await journalOf(store.db, run.id)).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect((await getRemediation(store.db, run.id)).state).toBe('settling');
  });

  it.each(DEATHS)('$when transaction $nth, goes back from a step that fails, and tries nothing again that is written down as failed', async (death) => {
    const run = await begin();
    const steps = [wayBack, step('one'), step('two', { fails: true })];
    await life(run, steps, death);
    const writtenDown = (await journalOf(store.db, run.id)).some(({ state }) => state === 'failed');
    const before = did.filter((one) => one === 'two').length;
    await life(run, steps, null);
    expect([...made]).toEqual([]);
    expect((await getRemediation(store.db, run.id)).state).toBe('failed');
    expect(did.filter((one) => one === 'one')).toHaveLength(1);
    expect(did.filter((one) => one === 'two')).toHaveLength(writtenDown ? before : before + 1);
  });

  it('writes no secret down that stands in an error, of a step or of its undoing', async () => {
    const run = await begin('memory');
    const refused = async () => Promise.reject(new Error('refused by postgres://shop:hunter2@db/shop'));
    await life(run, [{ ...wayBack, undo: refused }, { ...step('one'), act: refused }], null);
    const kept = JSON.stringify([await journalOf(store.db, run.id), await getRemediation(store.db, run.id), await recentIncidents(store.db, run.hostId, 1), await readAudit(store.db, run.hostId, 10)]);
    expect(kept).toContain('refused by postgres://shop:[redacted]@db/shop');
    expect(kept).not.toContain('hunter2');
  });

  it('leaves alone what has ended since it was listed', async () => {
    const run = await begin();
    await store.write((tx) => endRemediation(tx, run.id, 'verified', 'it helped', NOW));
    await life(run, [step('one')], null);
    expect(did).toEqual([]);
    expect((await getRemediation(store.db, run.id)).state).toBe('verified');
  });
});

describe('a journal whose monitor loses the seat while it looks', () => {
  /** What it looks at shows `position`, and meanwhile another monitor takes over. */
  const takenOver = (one: Step, position: 'before' | 'after'): Step => ({ ...one, state: async () => (await store.write((tx) => takeFence(tx, 'here', NOW)), position) });
  const live = async (run: Awaited<ReturnType<typeof begin>>, steps: readonly Step[]) => runJournal(contextOf(run, steps, fenced(store, run.hostId, run.fence)), run.id, new AbortController().signal);

  it('does nothing more', async () => {
    const run = await begin();
    await expect(live(run, [takenOver(step('one'), 'before')])).rejects.toMatchObject({ code: 'seat.lost' });
    expect(did).toEqual([]);
  });

  it('undoes nothing either: the other one does', async () => {
    const run = await begin();
    await life(run, [wayBack, step('one')], { nth: 3, when: 'after' });
    await store.write((tx) => beginUndo(tx, run.id, 'it failed'));
    did = [];
    await expect(live(run, [takenOver(wayBack, 'after'), step('one')])).rejects.toMatchObject({ code: 'seat.lost' });
    expect(did).toEqual([]);
  });
});

describe('a journal whose monitor comes back late', () => {
  const HOUR = 3_600_000;
  /** What stands in the store was begun an hour ago. */
  const longAgo = (run: { readonly id: RemediationId }) => store.write((tx) => tx.updateTable('remediations').set({ started_at: NOW - HOUR }).where('id', '=', run.id).execute());
  const said = async ({ id }: { readonly id: RemediationId }) => (await getRemediation(store.db, id)).outcome;

  it('begins no step of what was decided long ago, and counts nothing: it is looked at anew', async () => {
    const run = await begin('memory');
    await life(run, [step('one')], { nth: 1, when: 'after' });
    await longAgo(run);
    await life(run, [step('one')], null);
    expect(did).toEqual([]);
    expect([(await getRemediation(store.db, run.id)).state, await said(run)]).toEqual(['unclear', expect.stringMatching(/^step “one” was not begun: it was begun 1 h( \d min)? ago, and what was true then may not be any more$/)]);
    expect(await recentIncidents(store.db, run.hostId, 1)).toMatchObject([{ state: 'open', rung: 0, failed: 0 }]);
    expect(await actsOn(store.db, (await getRemediation(store.db, run.id)).resourceId, 0)).toEqual([]);
  });

  it('undoes what would stay half done', async () => {
    const run = await begin('memory');
    await life(run, [wayBack, step('one'), step('two')], { nth: 8, when: 'after' });
    expect(did).toEqual(['one']);
    await longAgo(run);
    await life(run, [wayBack, step('one'), step('two')], null);
    expect(did).toEqual(['one', 'undo']);
    expect(await said(run)).toContain('what had been done was undone');
  });

  it('finds done what was done, and goes on to its proof', async () => {
    const run = await begin('memory');
    await life(run, [step('one')], { nth: 3, when: 'before' });
    expect(did).toEqual(['one']);
    await longAgo(run);
    await life(run, [step('one')], null);
    expect([did, (await getRemediation(store.db, run.id)).state]).toEqual([['one'], 'settling']);
  });
});

describe('a journal while people freeze', () => {
  const touch = (): void => writeFileSync(join(dir, 'freeze'), 'I deploy by hand\n');
  /** People freeze while this step is at work. */
  const during = (one: Step): Step => ({
    ...one,
    async act(...given) {
      touch();
      return one.act(...given);
    },
  });
  const outcome = async (id: RemediationId): Promise<string> => {
    const { state, outcome: why } = await getRemediation(store.db, id);
    return `${state}: ${why?.replace(/^(step “.*” was not begun: ).* froze/, '$1‹owner› froze')}`;
  };

  it('begins no step while the freeze file is there', async () => {
    const run = await begin();
    touch();
    await life(run, [step('one'), step('two')], null);
    expect(did).toEqual([]);
    expect(await outcome(run.id)).toBe('unclear: step “one” was not begun: ‹owner› froze it (I deploy by hand)');
  });

  it('finishes the step that has begun, begins no other, and leaves what stands by itself', async () => {
    const run = await begin();
    await life(run, [during(step('one')), step('two')], null);
    expect(did).toEqual(['one']);
    expect(await outcome(run.id)).toBe('unclear: step “two” was not begun: ‹owner› froze it (I deploy by hand)');
  });

  it('undoes what would be half done otherwise', async () => {
    const run = await begin();
    await life(run, [wayBack, during(step('one')), step('two')], null);
    expect(did).toEqual(['one', 'undo']);
    expect(await outcome(run.id)).toBe('unclear: step “two” was not begun: ‹owner› froze it (I deploy by hand); what had been done was undone');
  });

  const counted = async (run: Awaited<ReturnType<typeof begin>>): Promise<object> => {
    const [incident] = await recentIncidents(store.db, run.hostId, 1);
    const { resourceId } = await getRemediation(store.db, run.id);
    return { state: incident?.state, rung: incident?.rung, failed: incident?.failed, acts: (await actsOn(store.db, resourceId, 0)).length, runs: (await runsFor(store.db, resourceId, 'manual', 0)).size };
  };

  it('leaves a repair that was not begun untried: the same rung is next, and no budget counts it', async () => {
    const run = await begin('memory');
    touch();
    await life(run, [step('one')], null);
    expect(await counted(run)).toEqual({ state: 'open', rung: 0, failed: 0, acts: 0, runs: 0 });
  });

  it('counts what was done of a repair in the budgets, and tries it again all the same', async () => {
    const run = await begin('memory');
    await life(run, [during(step('one')), step('two')], null);
    expect(await counted(run)).toEqual({ state: 'open', rung: 0, failed: 0, acts: 1, runs: 0 });
  });

  it.each(DEATHS)('is no failure of the repair, though the monitor dies $when transaction $nth', async (death) => {
    const run = await begin('memory');
    const steps = [wayBack, during(step('one')), step('two')];
    await life(run, steps, death);
    touch();
    await life(run, steps, null);
    expect([(await getRemediation(store.db, run.id)).state, [...made]]).toEqual(['unclear', []]);
    expect(await counted(run)).toMatchObject({ rung: 0, failed: 0, runs: 0 });
  });

  it('calls people to what could not be undone', async () => {
    const run = await begin('memory');
    await life(run, [{ ...wayBack, undo: async () => Promise.reject(new Error('PM2 does not answer')) }, during(step('one')), step('two')], null);
    expect((await getRemediation(store.db, run.id)).state).toBe('failed');
  });

  it('begins no step after a death either: what was only written down was not done', async () => {
    const run = await begin();
    await life(run, [step('one')], { nth: 1, when: 'after' });
    touch();
    await life(run, [step('one')], null);
    expect(did).toEqual([]);
  });

  it('is stopped by a freeze in the store too, where that covers the app', async () => {
    const freeze = (scope: string) => store.write(async (tx) => beginHold(tx, (await tx.selectFrom('hosts').select('id').executeTakeFirstOrThrow()).id, { kind: 'freeze', scope, author: 'Ann', reason: 'looking', until: null, key: null }, NOW));
    const run = await begin();
    await freeze('blog');
    await life(run, [step('one'), { ...step('two'), state: async () => (await freeze('shop'), made.has('two') ? 'after' : 'before') }], null);
    expect(did).toEqual(['one']);
    expect(await outcome(run.id)).toContain('“two” was not begun: ‹owner› froze it (looking)');
  });
});
