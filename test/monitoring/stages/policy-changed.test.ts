import { expect, it } from 'vitest';
import { escalate } from '../../../monitoring/stages/closing.js';
import { policyChanged } from '../../../monitoring/stages/policy-changed.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Incident } from '../../../src/domain/incident.js';
import { eventsOf } from '../../../src/store/events.js';
import { changeIncident, getIncident, openIncident } from '../../../src/store/incidents.js';
import { draftPlan, getPlan, keepDecision } from '../../../src/store/plans.js';
import { ask, questionOf } from '../../../src/store/questions.js';
import { listResources } from '../../../src/store/resources.js';
import type { Event } from '../../../src/domain/event.js';
import type { PlanState } from '../../../src/domain/plan.js';
import type { QuestionState } from '../../../src/domain/question.js';
import { givenOnce } from '../../doubles/given.js';
import { appOf, quietShop } from './quiet-shop.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);

const watched = quietShop(START, { given: givenOnce });

interface Past {
  readonly plans: readonly { readonly repair: string; readonly verdict: 'ask' | 'deny'; readonly rule: string }[];
  readonly failed?: number;
  readonly hash?: string;
}

/** An escalated incident with this past, as a boot under the policy `hash` leaves it. In one transaction that is taken back. */
async function after({ plans, failed = 0, hash = 'another' }: Past): Promise<{ readonly incident: Incident; readonly events: readonly Event[] }> {
  const { store, monitor: { ctx } } = watched;
  const app = await appOf(watched);
  const ladder = ctx.settings.ladder('process-down', app);
  expect(ladder.map(({ repair }) => repair)).toContain('pm2.restart');
  const seen: { incident: Incident; events: readonly Event[] }[] = [];
  const booted: StageContext = { ...ctx, settings: { ...ctx.settings, policy: { ...ctx.settings.policy, hash } } };
  await store.write(async (tx) => {
    const opened = await openIncident(tx, { resourceId: app.id, launchId: null, kind: 'process-down', severity: 'critical', emergency: false, title: 'shop is errored' }, START);
    for (const { repair, ...decision } of plans) {
      const id = await draftPlan(tx, { incidentId: opened.id, targetId: app.id, repair, args: {}, risk: 'disruptive', askedBy: null, requestId: null }, START);
      await tx.updateTable('plans').set({ state: 'denied', ...decision }).where('id', '=', id).execute();
    }
    await changeIncident(tx, opened.id, { failed, rung: 9 });
    await escalate(tx, ctx, opened, 'it was not allowed');
    await policyChanged(tx, booted);
    seen.push({ incident: await getIncident(tx, opened.id), events: await eventsOf(tx, opened.id) });
    throw new Error('taken back');
  }).catch((error: unknown) => {
    if (seen.length === 0) throw error;
  });
  return seen[0] as (typeof seen)[number];
}

const observed = { repair: 'pm2.restart', verdict: 'deny', rule: 'default' } as const;

it('what another policy did not allow is looked at again, from the repair that was not allowed', async () => {
  const { incident, events } = await after({ plans: [observed] });
  const { ctx } = watched.monitor;
  const [app] = (await listResources(watched.store.db, ctx.hostId)).filter(({ kind }) => kind === 'app');
  const rung = ctx.settings.ladder('process-down', app as never).findIndex(({ repair }) => repair === 'pm2.restart');
  expect(incident).toMatchObject({ state: 'open', rung, reason: null });
  expect(events.at(-1)).toMatchObject({ kind: 'incident.changed', body: { policy: 'another' } });
});

it.each<[string, (hash: string) => Past]>([
  ['the policy is the same', (hash) => ({ plans: [observed], hash })],
  ['a person said no', () => ({ plans: [observed, { ...observed, verdict: 'ask' }] })],
  ['a repair failed', () => ({ plans: [observed], failed: 1 })],
  ['a hold stopped it', () => ({ plans: [{ ...observed, rule: 'hold:freeze' }] })],
  ['nothing was denied', () => ({ plans: [] })],
])('it stays with people where %s', async (_, past) => {
  const { incident, events } = await after(past(watched.monitor.ctx.settings.policy.hash));
  expect(incident).toMatchObject({ state: 'escalated', reason: 'it was not allowed' });
  expect(events.at(-1)?.kind).toBe('incident.escalated');
});

/** A plan about which people are asked, decided under the policy `under`, as a boot leaves it. */
async function askedUnder(under: string): Promise<{ readonly plan: PlanState; readonly question: QuestionState | undefined }> {
  const { store, monitor: { ctx } } = watched;
  const [app] = (await listResources(store.db, ctx.hostId)).filter(({ kind }) => kind === 'app');
  const seen: { plan: PlanState; question: QuestionState | undefined }[] = [];
  await store.write(async (tx) => {
    const opened = await openIncident(tx, { resourceId: app?.id as never, launchId: null, kind: 'process-down', severity: 'critical', emergency: false, title: 'shop is errored' }, START);
    const id = await draftPlan(tx, { incidentId: opened.id, targetId: app?.id as never, repair: 'pm2.restart', args: {}, risk: 'disruptive', askedBy: null, requestId: null }, START);
    await keepDecision(tx, id, { verdict: 'ask', rule: 'all', why: 'it asks' }, 'asked', { version: 1, policy: under });
    await ask(tx, { planId: id, appId: app?.id as never, hash: 'h', need: 1, expiresAt: START + 900_000 }, START);
    await policyChanged(tx, ctx);
    seen.push({ plan: (await getPlan(tx, id)).state, question: (await questionOf(tx, id))?.state });
    throw new Error('taken back');
  }).catch((error: unknown) => {
    if (seen.length === 0) throw error;
  });
  return seen[0] as (typeof seen)[number];
}

it('what people are asked on another policy’s terms is decided anew: who must say yes may be others by now', async () => {
  expect(await askedUnder('another')).toEqual({ plan: 'prepared', question: 'superseded' });
  expect(await askedUnder(watched.monitor.ctx.settings.policy.hash)).toEqual({ plan: 'asked', question: 'open' });
});
