import { describe, expect, it } from 'vitest';
import { noteAct, actsOn } from '../../../src/store/acts.js';
import { brokenAt } from '../../../src/store/audit-chain.js';
import { audit, readAudit } from '../../../src/store/audits.js';
import { earliestChecks, scheduleCheck } from '../../../src/store/checks.js';
import { planDelivery, retryDeliveries } from '../../../src/store/deliveries.js';
import { tell, undelivered } from '../../../src/store/events.js';
import { closeFinding, findingsOf, noteFinding } from '../../../src/store/findings.js';
import { changeIncident, getIncident } from '../../../src/store/incidents.js';
import { openLaunch } from '../../../src/store/launches.js';
import { enterRelease } from '../../../src/store/releases.js';
import { endStep, intendStep, journalOf } from '../../../src/store/journal.js';
import { beginRemediation, endRemediation, getRemediation } from '../../../src/store/remediations.js';
import { getResource, syncResources } from '../../../src/store/resources.js';
import { insertSamples, newestSample } from '../../../src/store/samples.js';
import type { RemediationId } from '../../../src/domain/ids.js';
import { MINUTE, NOW, oneCheck, openOn, planFor, type Stage } from './stage.js';

/** A NUL byte, half an emoji, and what must survive: SQL, quotes, an emoji, other scripts. */
const HOSTILE = "a\0b \ud83d'; drop table audits; -- \"q\" 🦉 grüße 日本 \\ %_";
const KEPT = "ab \ufffd'; drop table audits; -- \"q\" 🦉 grüße 日本 \\ %_";
/** The last millisecond a JavaScript date knows: 44 years of 32 bits would be over long before. */
const FAR = 8_640_000_000_000_000;

export function valuesContract(stage: Stage): void {
  describe('text from outside', () => {
    it('is kept whole but for NUL bytes and halves of characters, wherever it goes', async () => {
      const check = await oneCheck(stage);
      const seen = await stage.write(async (tx) => {
        const incident = await openOn(tx, stage.shop);
        await changeIncident(tx, incident, { title: HOSTILE, reason: HOSTILE });
        await noteFinding(tx, { incidentId: incident, resourceId: stage.shop, detector: 'd', now: NOW }, { state: 'present', fingerprint: HOSTILE, kind: HOSTILE, severity: 'info', emergency: false, title: HOSTILE, evidence: [HOSTILE] });
        await insertSamples(tx, [{ checkId: check, at: NOW, verdict: 'bad', ms: 1, values: [], note: HOSTILE }]);
        await noteAct(tx, { resourceId: stage.shop, at: NOW, by: 'pm2', kind: HOSTILE, fingerprint: HOSTILE, dedupe: stage.unique(HOSTILE), note: HOSTILE });
        await tell(tx, stage.hostId, { kind: 'incident.opened', incidentId: incident, body: { text: HOSTILE } }, NOW);
        const run = (await beginRemediation(tx, { planId: await planFor(tx, incident, stage.shop), resourceId: stage.shop, fingerprint: HOSTILE, fence: 1 }, NOW)) as RemediationId;
        await intendStep(tx, { remediationId: run, dir: 'do', n: 0, name: HOSTILE, deadlineAt: NOW, fence: 1 }, NOW);
        await endStep(tx, { remediationId: run, dir: 'do', n: 0 }, { state: 'failed', error: HOSTILE }, NOW);
        await endRemediation(tx, run, 'failed', HOSTILE, NOW);
        return { incident, run };
      });
      const { db } = stage.store;
      expect(await getIncident(db, seen.incident)).toMatchObject({ title: KEPT, reason: KEPT });
      expect(await findingsOf(db, seen.incident)).toMatchObject([{ fingerprint: KEPT, kind: KEPT, title: KEPT }]);
      expect(await newestSample(db, check)).toMatchObject({ note: KEPT });
      expect(await actsOn(db, stage.shop, 0)).toMatchObject([{ kind: KEPT, fingerprint: KEPT, note: KEPT }]);
      expect(await undelivered(db, stage.hostId, 'c', 0, 9)).toMatchObject([{ body: { text: HOSTILE } }]);
      expect(await journalOf(db, seen.run)).toMatchObject([{ name: KEPT, error: KEPT }]);
      expect(await getRemediation(db, seen.run)).toMatchObject({ fingerprint: KEPT, outcome: KEPT });
      // A comparison sees it as it was kept.
      expect(await stage.write((tx) => closeFinding(tx, stage.shop, 'd', HOSTILE, NOW))).toBe(true);
    });

    it('names resources that are found again', async () => {
      const wanted = [{ kind: 'app', name: HOSTILE, config: { text: HOSTILE } }] as const;
      const [first] = await stage.write((tx) => syncResources(tx, stage.hostId, wanted, NOW));
      const [again] = await stage.write((tx) => syncResources(tx, stage.hostId, wanted, NOW));
      expect(again).toEqual(first);
      expect(await getResource(stage.store.db, first?.id as never)).toMatchObject({ name: KEPT, config: { text: HOSTILE } });
    });

    it('does not break the audit chain', async () => {
      await stage.write((tx) => audit(tx, stage.hostId, { who: HOSTILE, what: HOSTILE, why: HOSTILE, body: { [HOSTILE]: HOSTILE } }, NOW));
      await stage.write((tx) => audit(tx, stage.hostId, { who: 'ann', what: 'w', why: 'y', body: null }, NOW));
      expect(await readAudit(stage.store.db, stage.hostId, 9)).toMatchObject([{ who: KEPT, what: KEPT, why: KEPT }, { who: 'ann' }]);
      expect(await brokenAt(stage.store.db, stage.hostId)).toBeNull();
    });
  });

  describe('numbers', () => {
    it('keep every millisecond of a far time, and come back as numbers', async () => {
      const check = await oneCheck(stage);
      const launch = await stage.write(async (tx) => {
        await scheduleCheck(tx, check, FAR);
        await insertSamples(tx, [{ checkId: check, at: FAR - 1, verdict: 'good', ms: 0.1 + 0.2, values: [1e21, -1.5, null], note: null }]);
        const release = await enterRelease(tx, stage.shop, { commit: null, dir: '/srv', lockHash: null, configHash: null, nodeVersion: null }, FAR - 2);
        return openLaunch(tx, { appId: stage.shop, releaseId: release.id, endsAt: FAR, autoRollback: true, why: 'w' }, FAR - 3);
      });
      expect(launch).toMatchObject({ startedAt: FAR - 3, endsAt: FAR, nextAt: FAR - 3, hotUntil: 0, autoRollback: true });
      expect(await newestSample(stage.store.db, check)).toEqual({ checkId: check, at: FAR - 1, verdict: 'good', ms: 0.1 + 0.2, values: [1e21, -1.5, null], note: null });
      expect(await earliestChecks(stage.store.db, stage.hostId, 9)).toEqual([{ id: check, nextAt: FAR }]);
    });

    it('are counted up in the database as numbers', async () => {
      const [event] = await stage.write(async (tx) => {
        await tell(tx, stage.hostId, { kind: 'monitor.started' }, NOW);
        return undelivered(tx, stage.hostId, 'c', 0, 9);
      });
      const id = event?.id as never;
      await stage.write(async (tx) => {
        await planDelivery(tx, id, 'c', 'due', NOW);
        for (let n = 0; n < 3; n += 1) await retryDeliveries(tx, [id], 'c', NOW + MINUTE, 'no');
      });
      const row = await stage.store.db.selectFrom('deliveries').select('attempts').where('event_id', '=', id).executeTakeFirstOrThrow();
      expect(row.attempts).toBe(3);
    });
  });
}
