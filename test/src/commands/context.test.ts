import { describe, expect, it } from 'vitest';
import { ENDED_WITHIN_MS, TAKEN_WITHIN_MS } from '../../../src/commands/context.js';
import { launch } from '../../../src/commands/launch.js';
import { repair } from '../../../src/commands/repair.js';
import { restorePoint } from '../../../src/commands/restore-point.js';
import { deploy } from '../../../src/commands/deploy.js';
import { rollback } from '../../../src/commands/rollback.js';
import type { Json } from '../../../src/domain/json.js';
import type { Request, RequestResult } from '../../../src/store/requests.js';
import { takeRequest, waitingRequests } from '../../../src/store/requests.js';
import { commandContract } from '../../contracts/command.js';
import { BEGAN, reload } from '../cards/views.js';
import { sayOn, stageOfEachTest } from './spoken.js';
import { asked, broken, launched, monitorAnswers, release } from './stage.js';

const stage = stageOfEachTest();
const say = sayOn(stage, 'Otto');
const rows = () => stage.store.db.selectFrom('requests').selectAll().execute();
const ok = (data: Json): RequestResult => ({ ok: true, data });
const planned = { plan: { repair: 'pm2.reload', target: 'shop', does: reload.does.map((step) => ({ ...step })), bounds: { ...reload.bounds }, wayBack: reload.wayBack, notes: [], verdict: 'auto', rule: 'asked-by-approver', why: 'Ann asked for it, and may approve', hash: 'c'.repeat(64) } };

for (const command of [deploy, launch, repair, restorePoint, rollback]) commandContract(command);

describe('what the monitor is asked', () => {
  const seen = async (line: string, data: Json): Promise<Pick<Request, 'verb' | 'args' | 'resourceId' | 'personName' | 'via'>> => {
    const taken: Request[] = [];
    monitorAnswers(stage, (request) => {
      taken.push(request);
      return ok(data);
    });
    await say(line);
    expect(taken).toHaveLength(1);
    const { verb, args, resourceId, personName, via } = taken[0] as Request;
    return { verb, args, resourceId, personName, via };
  };
  const by = { personName: 'Otto', via: 'terminal' };

  it('a launch', async () => {
    const { id } = await launched(stage);
    expect(await seen('launch shop --reason "sale begins"', { launchId: id, release: '4f2a91c' })).toEqual({ verb: 'launch', args: { app: 'shop', why: 'sale begins' }, resourceId: stage.shop, ...by });
  });

  it('a restore point', async () => {
    expect(await seen('restore-point shop --reason "ran for a year"', { release: '4f2a91c', noWayBack: null })).toEqual({ verb: 'restore-point', args: { app: 'shop', reason: 'ran for a year', force: false }, resourceId: stage.shop, ...by });
  });

  it('a repair', async () => {
    expect(await seen('repair pm2.reload shop --dry-run', planned)).toEqual({ verb: 'repair', args: { repair: 'pm2.reload', target: 'shop', with: {}, dryRun: true }, resourceId: stage.shop, ...by });
  });

  it('a rollback', async () => {
    await release(stage, '9d1e003');
    expect(await seen('rollback shop --to 9d1e003 --reason "checkout is broken"', { refused: 'no' })).toEqual({ verb: 'rollback', args: { app: 'shop', to: '9d1e003', reason: 'checkout is broken', planOnly: false }, resourceId: stage.shop, ...by });
  });

  it('a deploy', async () => {
    expect(await seen('deploy shop main --reason "new checkout"', { refused: 'no' })).toEqual({ verb: 'deploy', args: { app: 'shop', ref: 'main', reason: 'new checkout', override: null, planOnly: false }, resourceId: stage.shop, ...by });
    expect((await seen('deploy shop 9d1e003 --plan --override "it was the database"', { refused: 'no' })).args).toMatchObject({ ref: '9d1e003', override: 'it was the database', planOnly: true });
  });

  it('a rollback’s plan', async () => {
    expect((await seen('rollback shop --plan', planned)).args).toEqual({ app: 'shop', to: null, reason: 'only planned', planOnly: true });
  });
});

describe('what is said of the monitor’s answer', () => {
  it('a plan is shown with its steps and nothing is left to do', async () => {
    monitorAnswers(stage, () => ok(planned));
    const result = await say('repair pm2.reload shop --dry-run');
    expect(result).toMatchObject({ exit: 0, data: { version: 1, app: 'shop', plan: { verdict: 'auto', does: [{ does: 'pm2 reload shop' }] } } });
    expect(result.card.body[0]).toBe('It would do exactly this:\n1. pm2 reload shop (at most 30 s)');
    expect(result.follow).toBeUndefined();
  });

  it('a plan that policy denies exits 1', async () => {
    monitorAnswers(stage, () => ok({ plan: { ...planned.plan, verdict: 'deny' } }));
    expect((await say('repair pm2.reload shop --dry-run')).exit).toBe(1);
  });

  it('a refusal exits 1 and says why', async () => {
    monitorAnswers(stage, () => ok({ refused: 'no other release of it is known to be stable' }));
    expect(await say('rollback shop --plan')).toMatchObject({ exit: 1, data: { refused: 'no other release of it is known to be stable' }, card: { title: 'shop: rollback is not possible: no other release of it is known to be stable' } });
  });

  it('what has begun is followed, and is not yet good', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    monitorAnswers(stage, () => ok({ incidentId: incident.id, planId: plan.id }));
    const result = await say('rollback shop --reason "checkout is broken"');
    expect(result).toMatchObject({ exit: 1, follow: { incidentId: incident.id, planId: plan.id }, data: { incidentId: incident.id, planId: plan.id, incident: { title: incident.title } }, card: { subject: incident.id } });
  });

  it('a whole runbook is followed to the end of its incident, and not of its first plan', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    monitorAnswers(stage, () => ok({ incidentId: incident.id, planId: plan.id }));
    expect(await say('repair general shop')).toMatchObject({ follow: { incidentId: incident.id, planId: null }, data: { planId: plan.id } });
  });

  it('a launch shows its card', async () => {
    const { id } = await launched(stage);
    monitorAnswers(stage, () => ok({ launchId: id, release: '4f2a91c' }));
    expect(await say('launch shop')).toMatchObject({ exit: 0, data: { version: 1, launchId: id, release: '4f2a91c', startedAt: new Date(BEGAN).toISOString() }, card: { subject: id, title: 'shop: release 4f2a91c is live, watched for 72 h' } });
  });

  it('a restore point says so', async () => {
    monitorAnswers(stage, () => ok({ release: '4f2a91c', noWayBack: null }));
    expect(await say('restore-point shop --reason "ran for a year"')).toMatchObject({ exit: 0, card: { title: 'shop: release 4f2a91c is a restore point now' } });
  });

  it('a restore point that nothing can go back to says so, and exits 1', async () => {
    monitorAnswers(stage, () => ok({ release: 'shop', noWayBack: '/srv/shop is no git tree, so there is no commit to go back to' }));
    const result = await say('restore-point shop --reason "ran for a year"');
    expect(result).toMatchObject({ exit: 1, data: { noWayBack: expect.stringContaining('no git tree') as unknown }, card: { level: 'warning', title: 'shop: release shop counts as good, but no rollback can go to it' } });
    expect(result.card.body[0]).toMatch(/^Why: \/srv\/shop is no git tree/);
  });

  it('a release that was never seen is a mistake of whoever asks, and nothing is asked of the monitor', async () => {
    await expect(say('rollback shop --to zzzz --reason x')).rejects.toMatchObject({ code: 'release.unknown', errorClass: 'invalid', mend: 'No release of shop was seen yet. A commit is named by seven digits or more.' });
    await release(stage, '9d1e003');
    await expect(say('rollback shop --to 9d1e004 --reason x')).rejects.toMatchObject({ message: 'there is no release “9d1e004” of shop', mend: 'Did you mean “9d1e003”? Seen were: 9d1e003. A commit is named by seven digits or more.' });
    expect(stage.pokes).toBe(0);
  });

  it('what the monitor refused is thrown with its mend', async () => {
    monitorAnswers(stage, () => ({ ok: false, code: 'repair.under_way', errorClass: 'transient', message: 'something is already being done to shop', mend: 'Wait for it to end.' }));
    await expect(say('repair pm2.reload shop')).rejects.toMatchObject({ code: 'repair.under_way', message: 'something is already being done to shop', mend: 'Wait for it to end.' });
  });

  it.each([[null], ['done'], [{}], [{ plan: { repair: 'x' } }], [{ incidentId: 7 }]] as const)('an answer of another version (%j) is not taken for one of ours', async (data) => {
    monitorAnswers(stage, () => ok(data as Json));
    await expect(say('repair pm2.reload shop')).rejects.toMatchObject({ code: 'monitor.answer' });
  });
});

describe('a monitor that does not take it', () => {
  it('is told after five seconds, and the request is withdrawn: it will never be done', async () => {
    await expect(say('rollback shop --reason now')).rejects.toMatchObject({ code: 'monitor.down', errorClass: 'transient', mend: expect.stringContaining('npm start') as unknown });
    expect(stage.now - BEGAN).toBeGreaterThanOrEqual(TAKEN_WITHIN_MS);
    expect(stage.now - BEGAN).toBeLessThan(TAKEN_WITHIN_MS + 1_000);
    expect(await waitingRequests(stage.store.db, stage.hostId)).toEqual([]);
  });

  it('was woken', async () => {
    await say('launch shop').catch(() => undefined);
    expect(stage.pokes).toBe(1);
  });

  it('that took it and does not end it is another thing: it goes on', async () => {
    stage.meanwhile = async () => {
      for (const request of await waitingRequests(stage.store.db, stage.hostId)) await stage.store.write((tx) => takeRequest(tx, request.id, stage.now));
    };
    await expect(say('rollback shop --plan')).rejects.toMatchObject({ code: 'request.slow', message: `the monitor took it, and has not ended it after ${ENDED_WITHIN_MS / 1_000} s` });
    expect(await waitingRequests(stage.store.db, stage.hostId)).toHaveLength(1);
  });
});

describe('the same wish twice', () => {
  it('is one request under one nonce, and both get its answer', async () => {
    let answered = 0;
    monitorAnswers(stage, () => ok({ release: `answer ${(answered += 1)}`, noWayBack: null }));
    const first = await say('restore-point shop --reason good', 'Otto', { nonce: 'same' });
    const second = await say('restore-point shop --reason good', 'Otto', { nonce: 'same' });
    expect([first.data['release'], second.data['release']]).toEqual(['answer 1', 'answer 1']);
    expect(await rows()).toHaveLength(1);
  });

  it('under one nonce of two people is two', async () => {
    monitorAnswers(stage, () => ok({ release: 'x', noWayBack: null }));
    await say('restore-point shop --reason good', 'Otto', { nonce: 'same' });
    await say('restore-point shop --reason good', 'Ann', { nonce: 'same' });
    expect(await rows()).toHaveLength(2);
  });
});

describe('a wish that makes no sense', () => {
  it.each([
    ['repair pm2.relaod shop', 'repair.unknown', 'Did you mean “pm2.reload”?'],
    ['repair pm2.reload shpo', 'app.unknown', 'Did you mean “shop”?'],
    ['rollback vm-1 --plan', 'app.unknown', 'Watched are: blog, shop.'],
  ])('%s is told at once, and nothing is written', async (line, code, mend) => {
    await expect(say(line)).rejects.toMatchObject({ code, errorClass: 'invalid', mend: expect.stringContaining(mend) as unknown });
    expect(await rows()).toEqual([]);
  });

  it('goes to the monitor where the repairs are not known here', async () => {
    monitorAnswers(stage, () => ({ ok: false, code: 'repair.unknown', errorClass: 'invalid', message: 'there is no repair named x', mend: null }));
    await expect(say('repair x shop', 'Otto', { repairs: async () => null })).rejects.toMatchObject({ message: 'there is no repair named x' });
  });
});
