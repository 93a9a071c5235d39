import { describe, expect, it } from 'vitest';
import { tell } from '../../../src/store/events.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { movePlan } from '../../../src/store/plans.js';
import { judgeAnswer, unjudgedAnswers } from '../../../src/store/answers.js';
import { closeQuestion } from '../../../src/store/questions.js';
import { beginRemediation, endRemediation, settle } from '../../../src/store/remediations.js';
import { BEGAN, MINUTE } from '../cards/views.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { asked, broken, monitorAnswers } from '../commands/stage.js';
import { cli, writeConfig } from './run.js';

const stage = stageOfEachTest((opened) => writeConfig(opened));

describe('a monitor that is down', () => {
  it('gives exit 3 after five seconds, and says how to start it', async () => {
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken']);
    expect(ran).toMatchObject({ exit: 3, stdout: '' });
    expect(ran.stderr).toMatchInlineSnapshot(`
      "! ERROR  the monitor did not take it within 5 s; the request was withdrawn, and
               nothing will be done
        Start it with “npm start”, look at it with “pm2 logs”, and ask again; or have
        it done in the terminal itself: rollback <app> --reason <why> --offline.
      "
    `);
  });
});

describe('what has begun is followed', () => {
  it('until fresh samples showed that it helped: one line an event, then the card, exit 0', async () => {
    const incident = await broken(stage);
    const { plan, question } = await asked(stage, incident);
    const story: (() => Promise<void>)[] = [
      async () => {
        for (const given of await unjudgedAnswers(stage.store.db, stage.hostId)) {
          await stage.store.write(async (tx) => {
            await judgeAnswer(tx, given, 'counted');
            await closeQuestion(tx, question.id, 'approved', given.name, stage.now);
            await movePlan(tx, plan.id, 'asked', 'running');
            await tell(tx, stage.hostId, { kind: 'question.closed', incidentId: incident.id }, stage.now);
          });
        }
      },
      async () => {
        await stage.store.write(async (tx) => {
          await beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, stage.now);
          await tell(tx, stage.hostId, { kind: 'remediation.started', incidentId: incident.id }, stage.now);
        });
      },
      ...Array.from({ length: 80 }, () => async () => undefined),
      async () => {
        await stage.store.write(async (tx) => {
          const run = await tx.selectFrom('remediations').select('id').executeTakeFirstOrThrow();
          await endRemediation(tx, run.id, 'verified', '3 good readings in a row of liveness', stage.now);
          await movePlan(tx, plan.id, 'running', 'done');
          await resolveIncident(tx, incident.id, 'release.rollback mended it', stage.now);
          for (const kind of ['remediation.ended', 'incident.resolved'] as const) await tell(tx, stage.hostId, { kind, incidentId: incident.id }, stage.now);
        });
      },
    ];
    stage.meanwhile = async () => (await story.shift()?.()) ?? undefined;
    const ran = await cli(stage, ['approve', 'shop']);
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toMatchInlineSnapshot(`
      "  0 ms  the answer: approved (Ann)
      250 ms  release.rollback has begun
        15 s  still under way
        21 s  release.rollback: verified after 20 s: 3 good readings in a row of liveness
        21 s  shop: over after 21 s
      "
    `);
    expect(ran.stdout).toMatch(/^✓ GOOD {2}shop is good again after 21 s/);
  });

  it('until people are asked: exit 1', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    monitorAnswers(stage, () => ({ ok: true, data: { incidentId: incident.id, planId: plan.id } }));
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken', '--json'], { user: 'otto' });
    expect(ran.exit).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ version: 1, outcome: 'asked', planId: plan.id, incident: { question: { state: 'open' } } });
  });

  it('for two minutes and no longer, never silent for long', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    await stage.store.db.updateTable('questions').set({ state: 'approved', open_app: null }).execute();
    monitorAnswers(stage, () => ({ ok: true, data: { incidentId: incident.id, planId: plan.id } }));
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken', '--json']);
    expect(ran.exit).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'under_way' });
    expect(stage.now - BEGAN).toBeLessThan(2 * MINUTE + 2_000);
    expect(ran.stderr.match(/still under way/g)?.length).toBeGreaterThan(5);
  });

  it('to its end where it was refused', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    await stage.store.db.updateTable('questions').set({ state: 'cancelled', open_app: null }).execute();
    await stage.store.db.updateTable('plans').set({ state: 'refused', why: 'there is no other release' }).execute();
    monitorAnswers(stage, () => ({ ok: true, data: { incidentId: incident.id, planId: plan.id } }));
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken']);
    expect(ran.exit).toBe(1);
    expect(ran.stdout).toContain('release.rollback: not possible: there is no other release');
  });

  it('to the end of what leaves nothing to measure: it is done, exit 0', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    await stage.store.write(async (tx) => {
      await beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, stage.now);
      const run = await tx.selectFrom('remediations').select('id').executeTakeFirstOrThrow();
      await settle(tx, run.id, stage.now, stage.now);
      await endRemediation(tx, run.id, 'unclear', 'done; nothing is proved, because it ended what could be measured', stage.now);
    });
    await stage.store.db.updateTable('questions').set({ state: 'approved', open_app: null }).execute();
    await stage.store.db.updateTable('plans').set({ state: 'done', body: JSON.stringify({ ...plan.prepared, verify: { checks: [], good: 0, settleMs: 0, withinMs: 0 } }) }).execute();
    monitorAnswers(stage, () => ({ ok: true, data: { incidentId: incident.id, planId: plan.id } }));
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken', '--json']);
    expect(ran.exit).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'done' });
  });
});
