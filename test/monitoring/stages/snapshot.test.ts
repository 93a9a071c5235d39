import { describe, expect, it } from 'vitest';
import type { Collector } from '../../../monitoring/evidence/collector.js';
import { snapshot } from '../../../monitoring/stages/snapshot.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { RemediationId } from '../../../src/domain/ids.js';
import type { Json } from '../../../src/domain/json.js';
import { evidenceNotes, evidenceOf } from '../../../src/store/evidence.js';
import { syncEdges, syncResources } from '../../../src/store/resources.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { asked, broken, launched, watchShop } from '../../src/commands/stage.js';

const RUN = 'run-1' as RemediationId;
const never = new AbortController().signal;
const stage = stageOfEachTest();

const quick: Collector<Json> = { kind: 'quick', collect: async ({ name, readings, running }) => ({ name, checks: readings.map(({ check }) => check), running: running?.commit?.slice(0, 7) ?? null, password: 'hunter2' }) };
const broke: Collector<Json> = { kind: 'broke', collect: async () => Promise.reject(new Error('no such file')) };

function ctx(evidence: readonly Collector<Json>[]): StageContext {
  return { store: stage.store, clock: { now: () => stage.now }, io: {}, settings: { urlOf: () => null }, units: { evidence, probes: {} } } as unknown as StageContext;
}

/** The slow one comes when it is told to. */
function slow(): { readonly collector: Collector<Json>; readonly come: () => void } {
  let come: () => void = () => undefined;
  const there = new Promise<void>((done) => (come = done));
  return { collector: { kind: 'slow', collect: () => there.then(() => 'late') }, come };
}

async function touch(kind = 'endpoint-failing') {
  const incident = await broken(stage);
  await stage.store.db.updateTable('incidents').set({ kind }).execute();
  return { id: RUN, plan: (await asked(stage, incident)).plan, touched: false };
}

describe('the snapshot before the first touch', () => {
  it('keeps what each collector found, without secrets, and why one found nothing', async () => {
    await launched(stage, '4f2a91c');
    await watchShop(stage, 'bad');
    await snapshot(ctx([quick, broke]), await touch(), never);
    expect(await evidenceOf(stage.store.db, RUN)).toEqual([
      { kind: 'broke', at: stage.now, missing: 'no such file', body: null },
      { kind: 'quick', at: stage.now, missing: null, body: { name: 'shop', checks: ['liveness'], running: '4f2a91c', password: '[redacted]' } },
    ]);
  });

  it('looks at the servers that an app uses too, each under its name', async () => {
    await stage.store.write(async (tx) => {
      const all = await syncResources(tx, stage.hostId, (['app shop', 'redis cache', 'redis other'] as const).map((one) => ({ kind: one.split(' ')[0] as 'app' | 'redis', name: one.split(' ')[1] ?? '', config: {} })), stage.now);
      await syncEdges(tx, stage.hostId, [{ resourceId: stage.shop, usesId: all.find(({ name }) => name === 'cache')?.id as never }]);
    });
    const server: Collector<Json> = { kind: 'redis', of: 'redis', collect: async ({ name, url }) => ({ name, url }) };
    await snapshot(ctx([quick, server]), await touch(), never);
    expect((await evidenceOf(stage.store.db, RUN)).map(({ kind, body }) => [kind, (body as { name: string }).name])).toEqual([['quick', 'shop'], ['redis cache', 'cache']]);
  });

  it('lets the repair of a hung app begin after 200 ms, and keeps the rest beside it', async () => {
    const late = slow();
    const began = performance.now();
    const rest = await snapshot(ctx([quick, late.collector]), await touch('hang'), never);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect((await evidenceNotes(stage.store.db, RUN)).map(({ kind }) => kind)).toEqual(['quick']);
    late.come();
    await rest();
    expect((await evidenceNotes(stage.store.db, RUN)).map(({ kind, missing }) => [kind, missing])).toEqual([['quick', null], ['slow', null]]);
  });

  it('has the repair of anything else wait for what takes longer than that', async () => {
    const late = slow();
    setTimeout(late.come, 400);
    await snapshot(ctx([late.collector]), await touch(), never);
    expect(await evidenceNotes(stage.store.db, RUN)).toMatchObject([{ kind: 'slow', missing: null }]);
  });

  it('collects after a crash what is missing, once; and says so where the repair had touched something', async () => {
    const about = await touch();
    await snapshot(ctx([quick]), about, never);
    let asked = 0;
    const counted: Collector<Json> = { ...quick, collect: async () => (asked += 1) };
    await snapshot(ctx([counted]), about, never);
    await snapshot(ctx([counted, broke]), { ...about, touched: true }, never);
    expect([asked, await evidenceNotes(stage.store.db, RUN)]).toMatchObject([0, [{ kind: 'broke', missing: 'hypercare was ended before it was there' }, { kind: 'quick', missing: null }]]);
  });

  it('keeps nothing larger than it may be, and nothing of a monitor that is being stopped', async () => {
    const about = await touch();
    const large: Collector<Json> = { kind: 'large', collect: async () => Array.from({ length: 99 }, () => 'x'.repeat(3_900)) };
    await snapshot(ctx([large]), about, never);
    expect(await evidenceNotes(stage.store.db, RUN)).toMatchObject([{ kind: 'large', missing: 'it is too large to be kept' }]);
    const late = slow();
    const rest = await snapshot(ctx([large, late.collector]), about, AbortSignal.abort());
    await rest();
    expect(await evidenceNotes(stage.store.db, RUN)).toHaveLength(1);
  });
});
