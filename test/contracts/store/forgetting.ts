import { describe, expect, it } from 'vitest';
import type { EventId, IncidentId, PersonId, RequestId, ResourceId } from '../../../src/domain/ids.js';
import { noteAct } from '../../../src/store/acts.js';
import type { Hold } from '../../../src/domain/hold.js';
import { answer } from '../../../src/store/answers.js';
import { audit } from '../../../src/store/audits.js';
import { keepCardRef } from '../../../src/store/card-refs.js';
import { checkIds, checksOf, syncChecks } from '../../../src/store/checks.js';
import { endDeliveries, planDelivery, retryDeliveries } from '../../../src/store/deliveries.js';
import { eventsOf, eventsSince, tell } from '../../../src/store/events.js';
import { noteFinding } from '../../../src/store/findings.js';
import { forgetChecks, forgetRollups, HISTORY } from '../../../src/store/forget.js';
import { beginHold, endHold } from '../../../src/store/holds.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { intendStep } from '../../../src/store/journal.js';
import { endLaunch, newestLaunchOf, openLaunch } from '../../../src/store/launches.js';
import { personNamed, syncPeople } from '../../../src/store/people.js';
import { draftPlan } from '../../../src/store/plans.js';
import { rollUpSlice } from '../../../src/store/pruning.js';
import { ask, closeQuestion } from '../../../src/store/questions.js';
import { enterRelease, judgeRelease, ledgerOf } from '../../../src/store/releases.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { endRequest, putRequest } from '../../../src/store/requests.js';
import { insertSamples } from '../../../src/store/samples.js';
import type { Tables } from '../../../src/store/schema.js';
import { insertSignal, takeSignal, waitingSignals } from '../../../src/store/signals.js';
import { MINUTE, NOW, oneCheck, openOn, watched, type Stage } from './stage.js';

const DAY = 24 * 60 * MINUTE;
const OLD = NOW - 100 * DAY;
const BEFORE = NOW - 90 * DAY;

export function forgettingContract(stage: Stage): void {
  /** Until nothing is left, as the monitor does; at most so many transactions that an endless one is seen. */
  const forget = async (before = BEFORE): Promise<void> => {
    for (const once of HISTORY) {
      for (let n = 0; (await stage.write((tx) => once(tx, stage.hostId, before))) > 0; n += 1) if (n > 50) throw new Error('it does not end');
    }
  };
  const count = async (table: keyof Tables): Promise<number> => Number((await stage.store.db.selectFrom(table).select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n);
  const counts = async (tables: readonly (keyof Tables)[]): Promise<readonly number[]> => Promise.all(tables.map(count));
  const PARTS = ['incidents', 'findings', 'plans', 'questions', 'answers', 'requests', 'remediations', 'steps', 'events', 'deliveries', 'cards'] as const;

  /** An incident with one of everything that belongs to it. */
  const story = async (resourceId: ResourceId, at: number, word: string): Promise<{ readonly incidentId: IncidentId; readonly requestId: RequestId }> => stage.write(async (tx) => {
    await syncPeople(tx, stage.hostId, [{ name: stage.unique('ann'), role: 'approver', accounts: [] }], at);
    const person = (await personNamed(tx, stage.hostId, stage.unique('ann'))) as { id: PersonId };
    const incidentId = await openOn(tx, resourceId, at);
    await noteFinding(tx, { incidentId, resourceId, detector: 'hang', now: at }, { state: 'present', fingerprint: stage.unique(word), kind: 'hang', severity: 'critical', emergency: false, title: 'it hangs', evidence: [] });
    const requestId = await putRequest(tx, stage.hostId, { resourceId, verb: 'repair', args: {}, personId: person.id, via: 'terminal', key: stage.unique(word) } as never, at);
    const planId = await draftPlan(tx, { incidentId, targetId: resourceId, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId }, at);
    const questionId = await ask(tx, { planId, appId: resourceId, hash: 'h', need: 1, expiresAt: at }, at);
    await answer(tx, { questionId, personId: person.id, yes: true, via: 'terminal', nonce: stage.unique(word) }, at);
    await closeQuestion(tx, questionId, 'approved', 'Ann', at);
    const runId = (await beginRemediation(tx, { planId, resourceId, fingerprint: 'f', fence: stage.fence }, at)) as never;
    await intendStep(tx, { remediationId: runId, dir: 'do', n: 1, name: 'reload', deadlineAt: at, fence: stage.fence }, at);
    await endRemediation(tx, runId, 'verified', 'well', at);
    await endRequest(tx, requestId, { ok: true, text: 'done' } as never, at);
    await tell(tx, stage.hostId, { kind: 'incident.opened', incidentId }, at);
    for (const event of await eventsOf(tx, incidentId)) {
      await planDelivery(tx, event.id, 'console', 'due', at);
      await endDeliveries(tx, [event.id], 'console', 'done', null);
    }
    await keepCardRef(tx, incidentId, 'console', {});
    return { incidentId, requestId };
  });

  describe('forgetting', () => {
    it('takes an incident that is over with all that belongs to it, and leaves a young one and its parts whole', async () => {
      const before = await counts(PARTS);
      const { incidentId } = await story(stage.shop, OLD, 'old');
      await stage.write((tx) => resolveIncident(tx, incidentId, 'well', OLD + MINUTE));
      await story(stage.blog, NOW, 'young');
      await forget();
      expect(await counts(PARTS)).toEqual(before.map((n) => n + 1));
      await forget(NOW + DAY);
      expect(await counts(PARTS)).toEqual(before.map((n) => n + 1));
    });

    it('never touches an open incident, however old, nor the request and the launch it refers to', async () => {
      const { incidentId } = await story(stage.shop, OLD, 'open');
      await stage.write(async (tx) => {
        const release = await enterRelease(tx, stage.shop, { commit: 'a'.repeat(40), dir: '/srv/a', lockHash: null, configHash: null, nodeVersion: null } as never, OLD);
        const launch = await openLaunch(tx, { appId: stage.shop, releaseId: release.id, endsAt: OLD, autoRollback: false, why: 'first' }, OLD);
        await endLaunch(tx, launch.id, 'superseded', OLD + 1);
        await openLaunch(tx, { appId: stage.shop, releaseId: release.id, endsAt: NOW, autoRollback: false, why: 'next' }, OLD + 2);
        await tx.updateTable('incidents').set({ launch_id: launch.id }).where('id', '=', incidentId).execute();
      });
      const all = [...PARTS, 'launches', 'releases'] as const;
      const before = await counts(all);
      await forget();
      expect(await counts(all)).toEqual(before);
    });

    it('is done piece by piece where an incident has more than one transaction bears', async () => {
      const { incidentId } = await story(stage.shop, OLD, 'long');
      await stage.write(async (tx) => {
        for (let n = 0; n < 450; n += 1) await tell(tx, stage.hostId, { kind: 'incident.opened', incidentId }, OLD);
        await resolveIncident(tx, incidentId, 'well', OLD);
      });
      const left = async () => (await eventsOf(stage.store.db, incidentId)).length;
      const once = HISTORY[0] as (typeof HISTORY)[number];
      const seen: number[] = [];
      for (let gone = 1; gone > 0; ) {
        gone = await stage.write((tx) => once(tx, stage.hostId, BEFORE));
        seen.push(await left());
      }
      expect(seen).toEqual([251, 51, 0, 0]);
    });

    it('keeps what is still being delivered, and not what waits for a channel that is gone', async () => {
      await stage.write((tx) => tell(tx, stage.hostId, { kind: 'monitor.started' }, OLD));
      const { incidentId } = await story(stage.shop, OLD, 'told');
      await stage.write((tx) => resolveIncident(tx, incidentId, 'well', OLD));
      const ids = (await eventsSince(stage.store.db, stage.hostId, 0, 9)).map(({ id }) => id);
      await stage.store.write(async (tx) => {
        for (const id of ids as EventId[]) {
          await planDelivery(tx, id, 'gone', 'due', OLD);
          await planDelivery(tx, id, 'slack', 'due', OLD);
          await retryDeliveries(tx, [id], 'slack', NOW, 'down');
        }
      });
      await forget();
      expect((await eventsSince(stage.store.db, stage.hostId, 0, 9)).map(({ id }) => id)).toEqual(ids);
      await stage.store.write((tx) => endDeliveries(tx, ids as EventId[], 'slack', 'done', null));
      await forget();
      expect(await eventsSince(stage.store.db, stage.hostId, 0, 9)).toEqual([]);
      expect(await stage.store.db.selectFrom('deliveries').selectAll().where('event_id', 'in', ids as EventId[]).execute()).toEqual([]);
    });

    it('takes ended requests, taken signals and acts, and not what waits', async () => {
      await stage.write(async (tx) => {
        await syncPeople(tx, stage.hostId, [{ name: stage.unique('bob'), role: 'operator', accounts: [] }], NOW);
        const bob = (await personNamed(tx, stage.hostId, stage.unique('bob'))) as { id: PersonId };
        const ask = (key: string) => putRequest(tx, stage.hostId, { resourceId: null, verb: 'launch', args: {}, personId: bob.id, via: 'terminal', key: stage.unique(key) } as never, OLD);
        await endRequest(tx, await ask('ended'), { ok: true, text: 'done' } as never, OLD);
        await ask('waiting');
        for (const at of [OLD, NOW]) {
          await insertSignal(tx, stage.hostId, { resourceId: null, kind: 'pm2', key: null, body: {}, at });
          await noteAct(tx, { resourceId: stage.shop, at, by: 'us', kind: 'restart', fingerprint: null, dedupe: stage.unique(`act${at}`), note: null });
        }
      });
      const [first] = await waitingSignals(stage.store.db, stage.hostId, 1);
      await stage.write((tx) => takeSignal(tx, (first as { id: string }).id, OLD));
      await forget();
      const left = async (table: 'requests' | 'signals') => (await stage.store.db.selectFrom(table).select('id').where('host_id', '=', stage.hostId).execute()).length;
      expect([await left('requests'), await left('signals')]).toEqual([1, 1]);
      expect(await stage.store.db.selectFrom('acts').select('at').where('resource_id', '=', stage.shop).execute()).toEqual([{ at: NOW }]);
    });

    it('keeps an app’s newest launch, and of its releases the good, the bad and the last ones', async () => {
      await stage.write(async (tx) => {
        for (let n = 0; n < 203; n += 1) {
          const release = await enterRelease(tx, stage.shop, { commit: String(n).padStart(40, '0'), dir: `/srv/${n}`, lockHash: null, configHash: null, nodeVersion: null } as never, OLD + n);
          if (n === 0) await judgeRelease(tx, release.id, 'stable', 'ran well', OLD);
          if (n > 200 || n === 1) {
            const launch = await openLaunch(tx, { appId: stage.shop, releaseId: release.id, endsAt: OLD, autoRollback: false, why: 'new' }, OLD + n);
            await endLaunch(tx, launch.id, 'unproven', OLD + n);
          }
        }
      });
      const newest = await newestLaunchOf(stage.store.db, stage.shop);
      await forget();
      expect(await newestLaunchOf(stage.store.db, stage.shop)).toEqual(newest);
      expect(await stage.store.db.selectFrom('launches').select('id').where('app_id', '=', stage.shop).execute()).toEqual([{ id: newest?.id }]);
      const kept = await stage.store.db.selectFrom('releases').select(['commit', 'verdict']).where('app_id', '=', stage.shop).orderBy('first_seen_at').execute();
      expect([kept.length, kept[0]]).toMatchObject([201, { verdict: 'stable' }]);
      expect(await ledgerOf(stage.store.db, stage.shop)).toHaveLength(200);
    });

    it('forgets a check the config no longer has once its samples and summaries are gone', async () => {
      const gone = await oneCheck(stage);
      await stage.write(async (tx) => {
        await insertSamples(tx, [{ checkId: gone, at: OLD, verdict: 'good', ms: 1, values: [], note: null }]);
        await syncChecks(tx, stage.hostId, [watched(stage.shop, { name: 'another' })], NOW);
      });
      const [kept] = await checksOf(stage.store.db, stage.shop);
      const once = async () => stage.write((tx) => forgetChecks(tx, stage.hostId));
      expect([await checkIds(stage.store.db, stage.hostId), await once()]).toEqual([[gone, kept?.id], 0]);
      await stage.write((tx) => rollUpSlice(tx, gone, BEFORE));
      expect([await once(), await stage.write((tx) => forgetRollups(tx, stage.hostId, OLD - DAY)), await stage.write((tx) => forgetRollups(tx, stage.hostId, BEFORE)), await once()]).toEqual([0, 0, 1, 1]);
      expect(await checkIds(stage.store.db, stage.hostId)).toEqual([kept?.id]);
    });

    it('takes a hold that is over with its card, never one that lasts or that is still to be told', async () => {
      const hold = async (at: number) => stage.write(async (tx) => (await beginHold(tx, stage.hostId, { kind: 'freeze', scope: 'shop', author: 'Ann', reason: 'looking', until: null, key: null }, at)) as Hold);
      const [old, told, lasting, young] = [await hold(OLD), await hold(OLD), await hold(OLD), await hold(NOW)];
      await stage.write(async (tx) => {
        for (const { id } of [old, told]) await endHold(tx, id, 'Ann', OLD + MINUTE);
        await endHold(tx, young.id, 'Ann', NOW);
        await keepCardRef(tx, `hold:${old.id}`, 'console', {});
        await tell(tx, stage.hostId, { kind: 'hold.ended', body: { hold: told.id } }, NOW);
      });
      const cards = await count('cards');
      await forget();
      const left = await stage.store.db.selectFrom('holds').select('id').where('host_id', '=', stage.hostId).execute();
      expect(left.map(({ id }) => id).toSorted()).toEqual([told.id, lasting.id, young.id].toSorted());
      expect(await count('cards')).toBe(cards - 1);
    });

    it('never touches the audit, nor what another host remembers', async () => {
      const { incidentId } = await story(stage.shop, OLD, 'theirs');
      await stage.write(async (tx) => {
        await resolveIncident(tx, incidentId, 'well', OLD);
        await audit(tx, stage.hostId, { who: 'ann', what: 'said yes', why: 'she looked', body: {} }, OLD);
      });
      const before = await counts(PARTS);
      for (const once of HISTORY) await stage.write((tx) => once(tx, 'another host' as never, NOW));
      expect(await counts(PARTS)).toEqual(before);
      await forget(NOW);
      expect(await stage.store.db.selectFrom('audits').select('what').where('host_id', '=', stage.hostId).execute()).toEqual([{ what: 'said yes' }]);
    });
  });
}
