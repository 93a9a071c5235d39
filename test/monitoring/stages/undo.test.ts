import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Repair, Step } from '../../../monitoring/repairs/repair.js';
import { runJournal } from '../../../monitoring/stages/journal.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { verify } from '../../../monitoring/stages/verify.js';
import type { RemediationId } from '../../../src/domain/ids.js';
import { systemClock } from '../../../src/io/clock.js';
import { readAudit } from '../../../src/store/audits.js';
import { journalOf } from '../../../src/store/journal.js';
import { draftPlan, keepDecision, keepPrepared } from '../../../src/store/plans.js';
import { beginRemediation, getRemediation } from '../../../src/store/remediations.js';
import { checksOf } from '../../../src/store/checks.js';
import { insertSamples } from '../../../src/store/samples.js';
import type { Store } from '../../../src/store/store.js';
import { broken, openStage, watchShop, type Stage } from '../../src/commands/stage.js';

// What a repair has done and did not help is taken back; a monitor that dies in the middle of that is played by a store
// that never comes back from its n-th transaction.

const NEVER = new Promise<never>(() => undefined);
let stage: Stage;
let made: Set<string>;
let did: string[];

beforeEach(async () => {
  stage = await openStage();
  made = new Set();
  did = [];
});
afterEach(async () => {
  await stage.close();
});

function step(name: string, change: Partial<Step> = {}): Step {
  return {
    name, timeoutMs: 5_000,
    state: async () => (made.has(name) ? 'after' : 'before'),
    async act() {
      did.push(name);
      made.add(name);
      return { name };
    },
    async undo() {
      did.push(`−${name}`);
      made.delete(name);
    },
    ...change,
  };
}

function ctx(steps: readonly Step[], store: Store = stage.store): StageContext {
  const repair: Repair<unknown> = { kind: 'test', target: 'app', summary: '', refuses: '', args: z.unknown(), risk: 'safe', prepare: async () => ({ refused: '' }), steps: () => steps };
  const clock = { ...systemClock, now: () => stage.now };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return { store, hostId: stage.hostId, fence: 1, clock, io: {}, log, settings: { settleMs: 1, urlOf: () => null }, freezeFile: join(stage.dir, 'freeze'), units: { repairs: { test: repair }, probes: {}, evidence: [] } } as unknown as StageContext;
}

/** A repair that has done its steps, has settled, and is judged by three readings. */
async function judged(steps: readonly Step[], verdict: 'good' | 'bad'): Promise<RemediationId> {
  await watchShop(stage, 'good', stage.now - 1);
  const incident = await broken(stage);
  const id = await stage.store.write(async (tx) => {
    const planId = await draftPlan(tx, { incidentId: incident.id, targetId: stage.shop, repair: 'test', args: {}, risk: 'safe', askedBy: null, requestId: null }, stage.now);
    await keepPrepared(tx, planId, { does: [], touches: [], bounds: {}, verify: { checks: ['liveness'], good: 3, settleMs: 10, withinMs: 60_000 }, wayBack: 'one step back', witness: {}, artefacts: [], notes: [] }, 'h'.repeat(64), 'prepared');
    await keepDecision(tx, planId, { verdict: 'auto', rule: 'all', why: 'it may' } as never, 'running');
    return (await beginRemediation(tx, { planId, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, stage.now)) as RemediationId;
  });
  await runJournal(ctx(steps), id, new AbortController().signal);
  stage.now += 11;
  const [check] = await checksOf(stage.store.db, stage.shop);
  await stage.store.write(async (tx) => {
    for (let n = 0; n < 3; n += 1) await insertSamples(tx, [{ checkId: check?.id as number, at: stage.now + n, verdict, ms: 1, values: [], note: null }]);
  });
  stage.now += 5;
  await verify.run(ctx(steps));
  return id;
}

const stateOf = async (id: RemediationId) => (await getRemediation(stage.store.db, id)).state;

describe('a repair that was done and did not help', () => {
  it('is taken back in reverse, journalled like its steps, and recorded', async () => {
    const steps = [step('one'), step('two')];
    const id = await judged(steps, 'bad');
    expect([await stateOf(id), (await getRemediation(stage.store.db, id)).settleUntil]).toEqual(['undoing', null]);
    await runJournal(ctx(steps), id, new AbortController().signal);
    expect(did).toEqual(['one', 'two', '−two', '−one']);
    expect(await getRemediation(stage.store.db, id)).toMatchObject({ state: 'failed', outcome: 'liveness is still bad: failed; what had been done was undone' });
    expect((await journalOf(stage.store.db, id)).map(({ dir, name, state }) => `${dir} ${name} ${state}`)).toEqual(['do one done', 'do two done', 'undo one done', 'undo two done']);
    const told = (await readAudit(stage.store.db, stage.hostId, 10)).map(({ what }) => what);
    expect(told).toEqual(expect.arrayContaining(['test is taken back', 'test on shop ended: failed']));
    expect(told.indexOf('test is taken back')).toBeLessThan(told.indexOf('test on shop ended: failed'));
  });

  it.each([
    { what: 'whose steps stand once they are done', steps: () => [step('one', { undoUntil: 'done' })] },
    { what: 'without an undo', steps: () => [{ ...step('one'), undo: undefined as never }] },
  ])('$what is not taken back, and has failed', async ({ steps }) => {
    const id = await judged(steps(), 'bad');
    expect([await stateOf(id), did]).toEqual(['failed', ['one']]);
  });

  it('is not taken back while people freeze: it stands whole, and they are told', async () => {
    const id = await judged([step('one', { act: async () => (did.push('one'), made.add('one'), writeFileSync(join(stage.dir, 'freeze'), 'looking\n'), {}) })], 'bad');
    expect([await stateOf(id), did]).toEqual(['failed', ['one']]);
    expect((await getRemediation(stage.store.db, id)).outcome).toMatch(/^liveness is still bad: failed; it was not taken back: .* froze it \(looking\)$/);
  });

  it('is not taken back where it helped', async () => {
    expect([await stateOf(await judged([step('one')], 'good')), did]).toEqual(['verified', ['one']]);
  });

  it('says which step could not be undone, after trying three times', async () => {
    const steps = [step('one'), step('two', { undo: async () => Promise.reject(new Error('PM2 does not answer')) })];
    const id = await judged(steps, 'bad');
    await runJournal(ctx(steps), id, new AbortController().signal);
    expect((await getRemediation(stage.store.db, id)).outcome).toBe('liveness is still bad: failed; undoing failed too (two: PM2 does not answer)');
    expect([...made]).toEqual(['two']);
  });

  const deaths = Array.from({ length: 8 }, (_, n) => n + 1).flatMap((nth) => [{ nth, when: 'before' as const }, { nth, when: 'after' as const }]);
  it.each(deaths)('is undone once, though the monitor dies $when transaction $nth of that', async ({ nth, when }) => {
    const steps = [step('one'), step('two')];
    const id = await judged(steps, 'bad');
    let transactions = 0;
    const died = new Promise<void>((die) => {
      const write: Store['write'] = async (fn) => {
        transactions += 1;
        if (transactions === nth && when === 'before') return die(), NEVER;
        const result = await stage.store.write(fn);
        return transactions === nth ? (die(), NEVER) : result;
      };
      void runJournal(ctx(steps, { ...stage.store, write }), id, new AbortController().signal).then(() => die());
    });
    await died;
    await runJournal(ctx(steps), id, new AbortController().signal);
    expect([await stateOf(id), [...made], did]).toEqual(['failed', [], ['one', 'two', '−two', '−one']]);
  });
});
