import { describe, expect, it } from 'vitest';
import type { RemediationId } from '../../../src/domain/ids.js';
import { evidenceNotes, evidenceOf, keepEvidence } from '../../../src/store/evidence.js';
import { changeWait, currentWait, noteRecord, spansOf } from '../../../src/store/spans.js';
import { NOW, openOn, type Stage } from './stage.js';

export function spansContract(stage: Stage): void {
  const opened = () => stage.write((tx) => openOn(tx, stage.shop));
  const waiting = { kind: 'dependency', text: 'it waits for a fresh reading of redis' } as const;
  const asked = { kind: 'question', text: 'people were asked' } as const;

  describe('the story of an incident', () => {
    it('has one part for each reason, however often it comes, and what was recorded between', async () => {
      const id = await opened();
      const change = (wait: Parameters<typeof changeWait>[2], at: number) => stage.write((tx) => changeWait(tx, id, wait, NOW + at));
      expect(await currentWait(stage.store.db, id)).toBeNull();
      await change(waiting, 1);
      expect(await currentWait(stage.store.db, id)).toEqual(waiting);
      await change(asked, 2);
      await stage.write((tx) => noteRecord(tx, { incidentId: id, text: 'Ann said no', why: 'question 1', auditSeq: 7 }, NOW + 3));
      await change(waiting, 4);
      await change(null, 5);
      expect(await currentWait(stage.store.db, id)).toBeNull();
      expect(await spansOf(stage.store.db, { id, closedAt: null })).toEqual([
        { ...waiting, why: null, fromAt: NOW + 1, toAt: NOW + 5, times: 2, auditSeq: null },
        { ...asked, why: null, fromAt: NOW + 2, toAt: NOW + 4, times: 1, auditSeq: null },
        { kind: 'record', text: 'Ann said no', why: 'question 1', fromAt: NOW + 3, toAt: NOW + 3, times: 1, auditSeq: 7 },
      ]);
    });

    it('ends with its incident, and is its own', async () => {
      const id = await opened();
      await stage.write((tx) => changeWait(tx, id, waiting, NOW));
      expect(await spansOf(stage.store.db, { id, closedAt: null })).toMatchObject([{ toAt: null }]);
      expect(await spansOf(stage.store.db, { id, closedAt: NOW + 9 })).toMatchObject([{ toAt: NOW + 9 }]);
      expect(await spansOf(stage.store.db, { id: 'another' as never, closedAt: null })).toEqual([]);
    });

    it('stays bounded where reasons never end', async () => {
      const id = await opened();
      await stage.write(async (tx) => {
        for (let n = 0; n < 230; n += 1) await changeWait(tx, id, { kind: 'no_data', text: `reason ${n}` }, NOW + n);
        await noteRecord(tx, { incidentId: id, text: 'ended', why: '', auditSeq: 8 }, NOW + 300);
      });
      const story = await spansOf(stage.store.db, { id, closedAt: null });
      expect([story.length, story.at(-1)?.text]).toEqual([201, 'ended']);
    });
  });

  describe('evidence', () => {
    it('is kept once of each kind, with why one is not there', async () => {
      const run = stage.unique('run') as RemediationId;
      const logs = { kind: 'logs', at: NOW, missing: null, body: { lines: ['one'] } };
      await stage.write((tx) => keepEvidence(tx, run, [logs, { kind: 'changes', at: NOW, missing: 'no repository', body: null }]));
      await stage.write((tx) => keepEvidence(tx, run, [{ ...logs, at: NOW + 1, body: 'later' }]));
      await stage.write((tx) => keepEvidence(tx, run, []));
      expect(await evidenceOf(stage.store.db, run)).toEqual([{ kind: 'changes', at: NOW, missing: 'no repository', body: null }, logs]);
      expect(await evidenceNotes(stage.store.db, run)).toEqual([{ kind: 'changes', at: NOW, missing: 'no repository' }, { kind: 'logs', at: NOW, missing: null }]);
    });
  });
}
