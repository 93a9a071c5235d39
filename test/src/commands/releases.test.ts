import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import { releases } from '../../../src/commands/releases.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { openIncident } from '../../../src/store/incidents.js';
import { endLaunch, newestLaunchOf, openLaunch } from '../../../src/store/launches.js';
import { draftPlan, keepPrepared } from '../../../src/store/plans.js';
import { enterRelease, judgeRelease, noteMigrations } from '../../../src/store/releases.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { commandContract } from '../../contracts/command.js';
import { sayOn, stageOfEachTest } from './spoken.js';
import { launched, monitorAnswers, release } from './stage.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

commandContract(releases);

const HOUR = 3_600_000;

/** 6ab0c14 was stable, 0076708 was rolled back, and 4f2a91c runs. */
async function history(): Promise<void> {
  const good = await release(stage, '6ab0c14', true);
  const first = await stage.store.write((tx) => openLaunch(tx, { appId: stage.shop, releaseId: good.id, endsAt: stage.now + 72 * HOUR, autoRollback: true, why: 'first seen' }, stage.now));
  stage.now += 50 * HOUR;
  await stage.store.write((tx) => endLaunch(tx, first.id, 'superseded', stage.now));
  const bad = await launched(stage, '0076708');
  stage.now += HOUR;
  await stage.store.write(async (tx) => {
    await endLaunch(tx, bad.id, 'rolled_back', stage.now);
    await judgeRelease(tx, bad.releaseId, 'bad', 'rolled back: /checkout: status 500', stage.now);
  });
  await launched(stage, '4f2a91c');
  stage.now += 2 * HOUR;
}

describe('releases', () => {
  it('lists what is known of each, and answers which is the way back and why', async () => {
    await history();
    const { card, data, exit } = await say('releases shop', 'Vera');
    expect(drawPlain(card, { width: 80, color: false }).replaceAll(/\d+ \w{3} \d\d:\d\d UTC|\d\d:\d\d UTC/g, '‹clock›')).toMatchInlineSnapshot(`
      "i INFO  shop: the way back is 6ab0c14
        Way back: release 6ab0c14, stable since ‹clock›: passed its watch.
        Passed over: 0076708 was found bad (rolled back: /checkout: status 500).

        4f2a91c  unwatched (runs now), first seen ‹clock›, ran 2 h
        0076708  bad (quarantined), first seen ‹clock›, ran 1 h
        6ab0c14  stable (way back), first seen ‹clock›, ran 2 d 2 h

        one whole: releases <app> <release>; the way back: rollback <app> --plan"
    `);
    expect(exit).toBe(0);
    expect(data['wayBack']).toMatchObject({ release: '6ab0c14', why: 'passed its watch', passedOver: [{ release: '0076708' }] });
    expect(data['releases']).toMatchObject([{ release: '4f2a91c', running: true, ranMs: 2 * HOUR }, { release: '0076708', verdict: 'bad', healthyMs: HOUR }, { release: '6ab0c14', wayBack: true, ranMs: 50 * HOUR, debt: 0 }]);
  });

  it('says of one whose deploy failed that it did, and not that it was not watched', async () => {
    await history();
    const { id } = await release(stage, '1111111');
    await stage.store.write((tx) => judgeRelease(tx, id, 'bad', 'its deploy failed: shop is errored, PM2 gave it up', stage.now));
    const { card } = await say('releases shop');
    expect(card.body.join('\n')).toMatch(/1111111 {2}bad \(quarantined\), first seen .*, its deploy failed, so it was gone back from\n/);
    expect(card.body.join('\n')).not.toContain('not watched');
  });

  it('shows all that is kept of one', async () => {
    await history();
    const applied = { at: stage.now, tables: [{ database: 'db', tool: 'Knex', table: 'public.knex_migrations', names: ['001_orders.js', '002_note.js'] }], unread: [] };
    await stage.store.write(async (tx) => {
      const seen = { commit: '2'.repeat(40), dir: '/srv/shop/releases/222222222222', lockHash: 'a'.repeat(64), configHash: 'b'.repeat(64), nodeVersion: '20.20.2', envKeys: ['PORT', 'DATABASE_URL'] };
      const next = await enterRelease(tx, stage.shop, seen, stage.now);
      const current = await newestLaunchOf(tx, stage.shop);
      if (current) await endLaunch(tx, current.id, 'superseded', stage.now);
      await openLaunch(tx, { appId: stage.shop, releaseId: next.id, endsAt: stage.now + 72 * HOUR, autoRollback: true, why: 'a new release was seen running', who: 'Ann' }, stage.now);
      await noteMigrations(tx, next.id, applied);
    });
    stage.now += 3 * HOUR;
    const { card, data, exit } = await say('releases shop 2222222', 'Vera');
    expect(drawPlain(card, { width: 80, color: false }).replaceAll(/\d+ \w{3} \d\d:\d\d UTC|\d\d:\d\d UTC/g, '‹clock›')).toMatchInlineSnapshot(`
      "i INFO  shop 2222222: unwatched, runs now
        Verdict: unwatched since ‹clock›.
        Commit: 2222222222222222222222222222222222222222
        Directory: /srv/shop/releases/222222222222
        Lockfile: aaaaaaaaaaaa. Configuration: bbbbbbbbbbbb. Node: 20.20.2.
        Variables: 2 names (PORT, DATABASE_URL).
        Migrations: Knex in db: 2 applied, the newest 002_note.js (‹clock›).
        It ran 3 h, and owes nothing.
        Launched ‹clock› by Ann (a new release was seen running): is being watched.

        whole hashes and every name: --json"
    `);
    expect(exit).toBe(0);
    expect(data['releases']).toMatchObject([{
      commit: '2'.repeat(40), lockHash: 'a'.repeat(64), configHash: 'b'.repeat(64), envKeys: ['PORT', 'DATABASE_URL'], envKeysHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string, nodeVersion: '20.20.2',
      running: true, debt: 0, ran: [{ from: expect.any(String) as string, until: null }], launches: [{ state: 'watching', who: 'Ann', endedAt: null }],
      migrations: { tables: [{ database: 'db', tool: 'Knex', names: ['001_orders.js', '002_note.js'] }], unread: [] },
    }]);
    expect((await say('releases shop 6ab0c14')).data['releases']).toMatchObject([{ release: '6ab0c14', wayBack: true, launches: [{ state: 'superseded' }], migrations: null }]);
    await expect(say('releases shop 7777777')).rejects.toThrow('there is no release “7777777” of shop');
  });

  it('without a way back exits 1, and says how to name one', async () => {
    await launched(stage);
    const { card, exit } = await say('releases shop');
    expect([card.title, card.body[0], exit]).toEqual(['shop: there is no way back', 'Way back: none; only what runs was ever seen. To name what runs as good: restore-point shop --reason …', 1]);
  });

  it.each([
    ['0076708', 1, 'shop: 0076708 is in quarantine, and is not to be deployed'],
    ['0076708'.padEnd(40, '0'), 1, 'shop: 0076708 is in quarantine, and is not to be deployed'],
    ['6ab0c14', 0, 'shop: 6ab0c14 may be deployed'],
    ['ffffffffff', 0, 'shop: fffffff may be deployed'],
  ])('answers CI whether %s may be deployed, without a monitor', async (commit, code, title) => {
    await history();
    const { card, data, exit } = await say(`releases shop --check ${commit}`, 'Vera');
    expect([exit, card.title, data['mayDeploy']]).toEqual([code, title, code === 0]);
  });

  it('tells CI that the last deploy of a commit failed, which forbids no other', async () => {
    const commit = '7777777'.padEnd(40, '0');
    const prepared = { does: [], touches: [], bounds: {}, verify: { checks: [], good: 3, settleMs: 0, withinMs: 1 }, wayBack: '', witness: null, artefacts: [], notes: [], brings: commit } as unknown as Prepared;
    await stage.store.write(async (tx) => {
      const { id: incidentId } = await openIncident(tx, { resourceId: stage.shop, launchId: null, kind: 'manual', severity: 'info', emergency: false, title: 'a deploy' }, stage.now);
      const planId = await draftPlan(tx, { incidentId, targetId: stage.shop, repair: 'release.deploy', args: {}, risk: 'disruptive', askedBy: 'Ann', requestId: null }, stage.now);
      await keepPrepared(tx, planId, prepared, 'hash', 'approved');
      const run = await beginRemediation(tx, { planId, resourceId: stage.shop, fingerprint: 'manual', fence: 1 }, stage.now);
      await endRemediation(tx, run as never, 'failed', 'step “smoke check” The smoke check failed', stage.now);
    });
    const { card, data, exit } = await say('releases shop --check 7777777', 'Vera');
    expect([exit, card.title, data['failed']]).toMatchObject([0, 'shop: 7777777 may be deployed, but its last deploy failed', { outcome: 'step “smoke check” The smoke check failed' }]);
    expect((await say('releases shop --check 7777778', 'Vera')).card.title).toBe('shop: 7777778 may be deployed');
  });

  it('lifts a quarantine through the monitor, and only with a reason', async () => {
    await expect(say('releases shop --lift 0076708')).rejects.toThrow('lifting a quarantine carries its reason');
    monitorAnswers(stage, ({ verb, args }) => ({ ok: true, data: { release: '0076708', was: `${verb} ${JSON.stringify(args)}` } }));
    const { card, exit } = await say('releases shop --lift 0076708 --reason "the config was wrong"');
    expect([exit, card.title]).toEqual([0, 'shop: 0076708 may be deployed again']);
    expect(card.body[0]).toContain('lift-quarantine {"app":"shop","commit":"0076708","reason":"the config was wrong"}');
  });

  it('writes the patch from the bad one to the way back, where a file may be named', async () => {
    await history();
    await expect(say('releases shop --revert 0076708 --into x.patch', 'Vera')).rejects.toThrow('in the terminal alone');
    await expect(say('releases shop --revert 0076708')).rejects.toThrow('names the file');
    const written: unknown[] = [];
    const { card } = await say('releases shop --revert 0076708 --into x.patch', 'Ann', { writeRevert: async (job) => { written.push(job); return { bytes: 9 }; } });
    expect(written).toEqual([{ app: 'shop', from: '0076708'.padEnd(40, '0'), to: '6ab0c14'.padEnd(40, '0'), why: 'rolled back: /checkout: status 500', into: 'x.patch' }]);
    expect(card.title).toBe('shop: x.patch takes 0076708 back to 6ab0c14');
  });

  it.each(['0076708 --check 0076708', '--check xyz', '--check 12', '--check 0076708 --lift 0076708 --reason x'])('refuses %s', async (words) => {
    await expect(say(`releases shop ${words}`)).rejects.toThrow();
  });
});
