import { describe, expect, it } from 'vitest';
import { incidents } from '../../../src/commands/incidents.js';
import { runPressed, runWords } from '../../../src/commands/run-words.js';
import type { RemediationId } from '../../../src/domain/ids.js';
import { keepEvidence } from '../../../src/store/evidence.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { beginRemediation } from '../../../src/store/remediations.js';
import { commandContract } from '../../contracts/command.js';
import { BEGAN, MINUTE } from '../cards/views.js';
import { sayOn, stageOfEachTest } from './spoken.js';
import { asked, broken } from './stage.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

commandContract(incidents);

describe('incidents', () => {
  it('says that there is none', async () => {
    expect(await say('incidents')).toMatchObject({ exit: 0, data: { version: 1, incidents: [] }, card: { level: 'good', title: 'no open incident' } });
  });

  it('lists the open ones, and exits 1', async () => {
    const incident = await broken(stage);
    const result = await say('incidents');
    expect(result).toMatchObject({ exit: 1, data: { incidents: [{ id: incident.id, at: 'shop', closedAt: null }] } });
  });

  it('shows one by the end of its id, with what was planned and what is asked', async () => {
    const incident = await broken(stage);
    const { question } = await asked(stage, incident);
    const result = await say(`incidents ${incident.id.slice(-6).toUpperCase()}`);
    expect(result.exit).toBe(1);
    expect(result.card.subject).toBe(incident.id);
    expect(result.data['incident']).toMatchObject({ id: incident.id, plans: [{ repair: 'release.rollback', state: 'asked' }], question: { id: question.id, state: 'open' }, approvers: ['Ann', 'Bob'] });
  });

  it('keeps the witness out of what it shows', async () => {
    const incident = await broken(stage);
    await asked(stage, incident);
    expect(JSON.stringify((await say(`incidents ${incident.id}`)).data)).not.toContain('witness');
  });

  it('gives a program the evidence whole', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    await stage.store.write(async (tx) => {
      const run = await beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, BEGAN);
      await keepEvidence(tx, run as RemediationId, [{ kind: 'logs', at: BEGAN, missing: null, body: [{ file: 'out.log', lines: ['it broke'] }] }, { kind: 'changes', at: BEGAN, missing: 'no repository', body: null }]);
    });
    expect((await say(`incidents ${incident.id}`)).data['incident']).toMatchObject({ evidence: [
      { planId: plan.id, repair: 'release.rollback', kind: 'changes', missing: 'no repository', body: null }, { kind: 'logs', missing: null, body: [{ file: 'out.log', lines: ['it broke'] }] },
    ] });
  });

  it('is good for one that is over', async () => {
    const incident = await broken(stage);
    await stage.store.write((tx) => resolveIncident(tx, incident.id, 'good again by itself after 4 min', BEGAN + 4 * MINUTE));
    expect(await say(`incidents ${incident.id}`)).toMatchObject({ exit: 0, card: { level: 'good' } });
  });

  it.each(['zzzzzz', 'abc', '%%%%', '____', "'; drop table incidents"])('says that %s is none', async (id) => {
    await broken(stage);
    await expect(runWords(['incidents', id], await stage.as('Ann'))).rejects.toMatchObject({ code: 'incident.unknown', errorClass: 'invalid' });
  });

  it('opens the details of a pressed button', async () => {
    const incident = await broken(stage);
    expect((await runPressed(`d:${incident.id}`, await stage.as('Vera'))).card.subject).toBe(incident.id);
  });

  it.each(['', 'y', 'x:1', 'y:', 'y:../..', `d:${'a'.repeat(60)}`, 'Y:ABC'])('says of the token %j that it is none of ours', async (token) => {
    await expect(runPressed(token, await stage.as('Ann'))).rejects.toMatchObject({ code: 'button.unknown' });
  });
});
