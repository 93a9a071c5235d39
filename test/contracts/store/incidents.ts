import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/domain/finding.js';
import { incidentsEndingWith } from '../../../src/store/find-incidents.js';
import { closeFinding, closeFindingsOf, findingsOf, noteFinding, openFindingsOn } from '../../../src/store/findings.js';
import { changeIncident, getIncident, newestIncidentOf, openIncident, openIncidentOf, openIncidents, recentIncidents, resolveIncident } from '../../../src/store/incidents.js';
import { draftPlan } from '../../../src/store/plans.js';
import { pastTrouble } from '../../../src/store/past-trouble.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { insertSamples } from '../../../src/store/samples.js';
import type { IncidentId } from '../../../src/domain/ids.js';
import { NOW, oneCheck, openOn, type Stage } from './stage.js';

const CLAIM: Extract<Claim, { state: 'present' }> = { state: 'present', fingerprint: 'hang:liveness', kind: 'hang', severity: 'warning', emergency: false, title: 'silent', evidence: ['for 10 s'] };

export function incidentsContract(stage: Stage): void {
  describe('incidents', () => {
    it('are one a resource while they are open', async () => {
      const first = await stage.write((tx) => openOn(tx, stage.shop));
      await expect(stage.write((tx) => openOn(tx, stage.shop))).rejects.toThrow(/unique/i);
      expect(await openIncidentOf(stage.store.db, stage.shop)).toMatchObject({ id: first, state: 'open', openedAt: NOW, nextAt: NOW, rung: 0, failed: 0 });
      await stage.write((tx) => resolveIncident(tx, first, 'over', NOW + 1));
      expect(await openIncidentOf(stage.store.db, stage.shop)).toBeNull();
      const second = await stage.write((tx) => openOn(tx, stage.shop, NOW + 2));
      expect(await getIncident(stage.store.db, first)).toMatchObject({ state: 'resolved', closedAt: NOW + 1, reason: 'over' });
      expect((await openIncidents(stage.store.db, stage.hostId)).map(({ id }) => id)).toEqual([second]);
      expect((await recentIncidents(stage.store.db, stage.hostId, 9)).map(({ id }) => id)).toEqual([second, first]);
      expect(await recentIncidents(stage.store.db, stage.hostId, 1)).toHaveLength(1);
    });

    it('are not hidden by a later wish that came to nothing', async () => {
      const { db } = stage.store;
      const wished = async (now: number): Promise<IncidentId> => stage.write(async (tx) => {
        const { id } = await openIncident(tx, { resourceId: stage.shop, launchId: null, kind: 'manual', severity: 'info', emergency: false, title: 'a wish' }, now);
        await resolveIncident(tx, id, 'was not possible', now + 1);
        return id;
      });
      expect(await newestIncidentOf(db, stage.shop)).toBeNull();
      const only = await wished(NOW);
      expect(await newestIncidentOf(db, stage.shop)).toMatchObject({ id: only });
      const real = await stage.write((tx) => openOn(tx, stage.shop, NOW + 2));
      await stage.write((tx) => resolveIncident(tx, real, 'over', NOW + 3));
      const done = await wished(NOW + 4);
      expect(await newestIncidentOf(db, stage.shop)).toMatchObject({ id: real });
      await stage.write(async (tx) => {
        const planId = await draftPlan(tx, { incidentId: done, targetId: stage.shop, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: 'Ann', requestId: null }, NOW + 4);
        await beginRemediation(tx, { planId, resourceId: stage.shop, fingerprint: 'manual', fence: 1 }, NOW + 4);
      });
      expect(await newestIncidentOf(db, stage.shop)).toMatchObject({ id: done });
    });

    it('that kept others from working, and repairs, are past trouble since it was last seen good; advice is none', async () => {
      const { db } = stage.store;
      const check = await oneCheck(stage);
      await stage.write((tx) => insertSamples(tx, [[NOW - 9, 'good'], [NOW - 5, 'bad'], [NOW + 90, 'good']].map(([at, verdict]) => ({ checkId: check, at: at as number, verdict: verdict as 'good', ms: 1, values: [], note: null }))));
      const lived = (severity: 'info' | 'critical', openedAt: number) => stage.write(async (tx) => {
        const { id } = await openIncident(tx, { resourceId: stage.shop, launchId: null, kind: 'redis-down', severity, emergency: false, title: 'it is down' }, openedAt);
        await resolveIncident(tx, id, 'over', openedAt + 10);
        return id;
      });
      const id = await lived('critical', NOW);
      await lived('info', NOW + 20);
      expect(await pastTrouble(db, stage.shop, NOW)).toEqual([{ from: NOW - 9, until: NOW + 10 }]);
      await stage.write(async (tx) => {
        const planId = await draftPlan(tx, { incidentId: id, targetId: stage.shop, repair: 'redis.flush-db', args: {}, risk: 'destructive', askedBy: 'Ann', requestId: null }, NOW);
        const run = await beginRemediation(tx, { planId, resourceId: stage.shop, fingerprint: 'manual', fence: 1 }, NOW + 100);
        await endRemediation(tx, run as never, 'verified', 'done', NOW + 120);
      });
      expect(await pastTrouble(db, stage.shop, NOW + 50)).toEqual([{ from: NOW + 90, until: NOW + 120 }]);
      expect(await pastTrouble(db, stage.blog, 0)).toEqual([]);
    });

    it('are opened by one of two connections at once', async () => {
      const other = stage.another();
      const tries = await Promise.allSettled([stage.store, other].map((store) => store.write((tx) => openOn(tx, stage.shop))));
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await openIncidents(stage.store.db, stage.hostId)).toHaveLength(1);
    });

    it('change in what is named alone', async () => {
      const id = await stage.write((tx) => openOn(tx, stage.shop));
      const before = await getIncident(stage.store.db, id);
      await stage.write((tx) => changeIncident(tx, id, { emergency: true, nextAt: NOW + 9, rung: 2, state: 'repairing' }));
      expect(await getIncident(stage.store.db, id)).toEqual({ ...before, emergency: true, nextAt: NOW + 9, rung: 2, state: 'repairing' });
    });

    it('are found by the end of their id, and by nothing else', async () => {
      const id = await stage.write((tx) => openOn(tx, stage.shop));
      const found = async (ending: string) => (await incidentsEndingWith(stage.store.db, stage.hostId, ending)).map((incident) => incident.id);
      expect([await found(id.slice(-6)), await found(id.slice(-6).toUpperCase())]).toEqual([[id], [id]]);
      for (const ending of ['', '%', '_', `%${id.slice(-4)}`, `${id.slice(-4)}x`]) expect(await found(ending), ending).toEqual([]);
      const elsewhere = await incidentsEndingWith(stage.store.db, 'another-host' as never, id.slice(-6));
      expect(elsewhere).toEqual([]);
    });
  });

  describe('findings', () => {
    const note = (incidentId: IncidentId, now: number, claim = CLAIM) => stage.write((tx) => noteFinding(tx, { incidentId, resourceId: stage.shop, detector: 'hang', now }, claim));

    it('of one fingerprint are one while it is open, brought up to date', async () => {
      const incident = await stage.write((tx) => openOn(tx, stage.shop));
      expect([await note(incident, NOW), await note(incident, NOW + 5, { ...CLAIM, title: 'still silent', severity: 'critical' }), await note(incident, NOW + 6, { ...CLAIM, fingerprint: 'hang:other' })]).toEqual([true, false, true]);
      expect(await openFindingsOn(stage.store.db, stage.shop)).toMatchObject([
        { title: 'still silent', severity: 'critical', firstAt: NOW, lastAt: NOW + 5, open: true, evidence: ['for 10 s'] }, { fingerprint: 'hang:other' },
      ]);
    });

    it('that are over begin anew', async () => {
      const incident = await stage.write((tx) => openOn(tx, stage.shop));
      await note(incident, NOW);
      const close = () => stage.write((tx) => closeFinding(tx, stage.shop, 'hang', CLAIM.fingerprint, NOW + 1));
      expect([await close(), await close()]).toEqual([true, false]);
      expect(await note(incident, NOW + 2)).toBe(true);
      expect((await findingsOf(stage.store.db, incident)).map(({ open }) => open)).toEqual([false, true]);
      await stage.write((tx) => closeFindingsOf(tx, incident, NOW + 3));
      expect(await openFindingsOn(stage.store.db, stage.shop)).toEqual([]);
    });
  });
}
