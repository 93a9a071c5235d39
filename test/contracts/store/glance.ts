import { describe, expect, it } from 'vitest';
import { markDetected, scheduleCheck } from '../../../src/store/checks.js';
import { createGlance, type Glance } from '../../../src/store/glance.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { markSixHoursTold, openLaunch, scheduleLaunch } from '../../../src/store/launches.js';
import { movePlan } from '../../../src/store/plans.js';
import { syncPeople, personNamed } from '../../../src/store/people.js';
import { enterRelease } from '../../../src/store/releases.js';
import { endRequest, putRequest } from '../../../src/store/requests.js';
import { insertSamples } from '../../../src/store/samples.js';
import { insertSignal, takeSignal, waitingSignals } from '../../../src/store/signals.js';
import { MINUTE, NOW, oneCheck, openOn, planFor, type Stage } from './stage.js';

const NOTHING: Glance = { requestAt: null, signalAt: null, tickAt: null, checkAt: null, endsAt: null, untoldSince: null, undetected: false, open: false };

export function glanceContract(stage: Stage): void {
  const glance = () => createGlance(stage.store.db, stage.hostId)();

  describe('a glance', () => {
    it('at a host with nothing to do shows nothing, whatever other hosts have', async () => {
      expect(await glance()).toEqual(NOTHING);
    });

    it('shows requests and signals until they are taken', async () => {
      await stage.write((tx) => syncPeople(tx, stage.hostId, [{ name: stage.unique('ann'), role: 'operator', accounts: [] }], NOW));
      const personId = (await personNamed(stage.store.db, stage.hostId, stage.unique('ann')))?.id as never;
      const id = await stage.write((tx) => putRequest(tx, stage.hostId, { resourceId: null, verb: 'v', args: {}, personId, via: 'slack', key: stage.unique('k') }, NOW + 1));
      await stage.write((tx) => insertSignal(tx, stage.hostId, { resourceId: null, kind: 'ping', key: null, body: {}, at: NOW + 2 }));
      expect(await glance()).toEqual({ ...NOTHING, requestAt: NOW + 1, signalAt: NOW + 2 });
      const [signal] = await waitingSignals(stage.store.db, stage.hostId, 1);
      await stage.write((tx) => endRequest(tx, id, { ok: true, data: null }, NOW + 3));
      await stage.write((tx) => takeSignal(tx, signal?.id ?? '', NOW + 3));
      expect(await glance()).toEqual(NOTHING);
    });

    it('shows when the first check is due, and samples the detectors have not seen', async () => {
      const check = await oneCheck(stage);
      await stage.write((tx) => scheduleCheck(tx, check, NOW + MINUTE));
      expect(await glance()).toEqual({ ...NOTHING, checkAt: NOW + MINUTE });
      await stage.write((tx) => insertSamples(tx, [{ checkId: check, at: NOW + 5, verdict: 'good', ms: 1, values: [], note: null }]));
      expect(await glance()).toMatchObject({ undetected: true });
      await stage.write((tx) => markDetected(tx, check, NOW + 5));
      expect(await glance()).toMatchObject({ undetected: false });
    });

    it('shows an open launch’s next tick, untold six hours, and its end once the last tick is made', async () => {
      const { id } = await stage.write(async (tx) => {
        const release = await enterRelease(tx, stage.shop, { commit: null, dir: '/srv', lockHash: null, configHash: null, nodeVersion: null }, NOW);
        return openLaunch(tx, { appId: stage.shop, releaseId: release.id, endsAt: NOW + 72 * 60 * MINUTE, autoRollback: true, why: 'w' }, NOW);
      });
      expect(await glance()).toEqual({ ...NOTHING, tickAt: NOW, untoldSince: NOW });
      await stage.write((tx) => scheduleLaunch(tx, id, { ticksMade: 73, nextTickAt: null, nextAt: null }));
      await stage.write((tx) => markSixHoursTold(tx, id));
      expect(await glance()).toEqual({ ...NOTHING, endsAt: NOW + 72 * 60 * MINUTE });
    });

    it('shows open work while an incident is not over, or a plan leads somewhere', async () => {
      const { incident, plan } = await stage.write(async (tx) => {
        const opened = await openOn(tx, stage.shop);
        return { incident: opened, plan: await planFor(tx, opened, stage.shop) };
      });
      expect(await glance()).toEqual({ ...NOTHING, open: true });
      await stage.write((tx) => resolveIncident(tx, incident, 'over', NOW));
      expect(await glance()).toEqual({ ...NOTHING, open: true });
      await stage.write((tx) => movePlan(tx, plan, 'drafted', 'done'));
      expect(await glance()).toEqual(NOTHING);
    });
  });
}
