import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import type { Result } from '../../../src/commands/command.js';
import { runPressed, runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { audit } from '../../../src/store/audits.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { BEGAN, MINUTE } from '../cards/views.js';
import { asked, broken, launched, openStage, watchShop, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.close();
});

const say = async (line: string, who: string | null = 'Ann', change = {}): Promise<Result> => runWords(splitWords(line), await stage.as(who, change));
const drawn = (result: Result): string => drawPlain(result.card, { width: 80, color: false });

describe('status', () => {
  it('is good with fresh good samples, and gives the documented JSON', async () => {
    const launch = await launched(stage);
    await watchShop(stage);
    const result = await say('status shop');
    expect(result.exit).toBe(0);
    expect(result.data).toMatchObject({
      version: 1,
      apps: [{
        app: 'shop', verdict: 'good', release: '4f2a91c',
        launch: { state: 'watching', tier: 1, startedAt: '2026-11-21T03:12:00.000Z', endsAt: '2026-11-24T03:12:00.000Z', nextTickAt: '2026-11-21T03:12:00.000Z', id: launch.id }, incidents: [],
      }],
    });
    expect(drawn(result)).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (1 check good)
        Release 4f2a91c (unwatched), live for 0 ms; watched until 24 Nov 03:12 UTC,
        tier 1 of 3, next full check 03:12 UTC."
    `);
  });

  it('is bad with an open incident, and exits 1', async () => {
    await watchShop(stage);
    const incident = await broken(stage);
    const result = await say('status shop');
    expect(result.exit).toBe(1);
    expect(result.data['apps']).toMatchObject([{ verdict: 'bad', incidents: [{ id: incident.id, severity: 'critical', state: 'open' }] }]);
  });

  it('shows an app the incident of what it needs', async () => {
    await watchShop(stage);
    const incident = await broken(stage);
    await stage.store.db.updateTable('incidents').set({ resource_id: stage.blog }).where('id', '=', incident.id).execute();
    expect((await say('status shop')).data['apps']).toMatchObject([{ app: 'shop', verdict: 'bad', incidents: [{ id: incident.id }] }]);
  });

  it('is unknown with old samples, exits 3 and says when the monitor was last seen', async () => {
    await watchShop(stage);
    stage.now += 10 * MINUTE;
    const result = await say('status shop');
    expect(result.exit).toBe(3);
    expect(drawn(result)).toMatchInlineSnapshot(`
      "! WARNING  shop: not known (liveness was last measured 10 min ago, and should be
                 every 30 s)
        No release of it has been seen yet.

        The monitor was last seen 03:12 UTC, 10 min ago. Start it with npm start if it
        does not run."
    `);
  });

  it('is unknown for an app of which nothing is measured, and never good', async () => {
    const result = await say('status');
    expect(result.exit).toBe(3);
    expect(result.data['apps']).toMatchObject([{ app: 'blog', verdict: 'unknown', release: null, launch: null }, { app: 'shop', verdict: 'unknown' }]);
  });

  it('is an error where measuring itself failed', async () => {
    await watchShop(stage, 'error');
    expect((await say('status shop')).data['apps']).toMatchObject([{ verdict: 'error', why: 'liveness could not be measured: connect refused' }]);
  });

  it('names the app that was meant', async () => {
    await expect(say('status shpo')).rejects.toMatchObject({ code: 'app.unknown', mend: 'Did you mean “shop”? Watched are: blog, shop.' });
    expect((await say('status SHOP')).data['apps']).toHaveLength(1);
  });
});

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

describe('audit', () => {
  const entry = (what: string) => stage.store.write((tx) => audit(tx, stage.hostId, { who: 'hypercare', what, why: 'rule x', body: { n: 1 } }, BEGAN));

  it('lists the newest entries, and says that the chain is whole', async () => {
    for (const what of ['one', 'two', 'three']) await entry(what);
    const result = await say('audit --limit 2');
    expect(result).toMatchObject({ exit: 0, data: { brokenAt: null, entries: [{ seq: 2, what: 'two' }, { seq: 3, what: 'three', body: { n: 1 } }] } });
  });

  it('finds an entry that was changed, though it is not among those shown', async () => {
    for (const what of ['one', 'two', 'three']) await entry(what);
    await sql`update audits set who = 'nobody' where seq = 1`.execute(stage.store.db);
    const result = await say('audit --limit 1');
    expect(result).toMatchObject({ exit: 1, data: { brokenAt: 1 }, card: { level: 'critical' } });
  });

  it('shows a changed entry whatever stands in it', async () => {
    await entry('one');
    await sql`update audits set body = '{broken' where seq = 1`.execute(stage.store.db);
    expect((await say('audit')).data['entries']).toMatchObject([{ body: '{broken' }]);
  });

  it('is for the terminal', async () => {
    await expect(say('audit', 'Vera')).rejects.toMatchObject({ code: 'denied.place', mend: 'On the host itself: hypercare audit' });
  });
});

describe('help, whoami and repairs', () => {
  it('lists only what the speaker may use', async () => {
    const names = async (who: string | null): Promise<unknown> => ((await say('help', who)).data['commands'] as { name: string }[]).map(({ name }) => name);
    expect(await names('Vera')).toEqual(['status', 'incidents', 'repairs', 'whoami', 'help']);
    expect(await names('Otto')).toEqual(['status', 'incidents', 'repair', 'rollback', 'launch', 'restore-point', 'repairs', 'audit', 'whoami', 'help']);
    expect(await names(null)).toEqual(['whoami', 'help']);
  });

  it('is what no words at all ask for', async () => {
    expect((await runWords([], await stage.as('Vera'))).card.subject).toBe('help');
  });

  it('shows one command, examples first', async () => {
    expect(drawn(await say('help rollback'))).toMatchInlineSnapshot(`
      "i INFO  rollback: take an app back to its last stable release
        For example:
          rollback shop --plan
          rollback shop --reason "checkout is broken"

        Usage: rollback <app> --reason <why> [--to <release>], or rollback <app>
        --plan

        --to      another release than the newest stable one
        --plan    say exactly what it would do, and do nothing
        --reason  why, for the audit trail

        for everybody from operator on"
    `);
  });

  it('names the nearest command', async () => {
    await expect(say('help rolback')).rejects.toMatchObject({ mend: 'Did you mean “rollback”? “help” lists what you may ask.' });
  });

  it('says who one is', async () => {
    expect(await say('whoami')).toMatchObject({ data: { name: 'Ann', role: 'approver', via: 'terminal', userId: 'ann' }, card: { title: 'you are Ann, approver' } });
    expect(await say('whoami', null)).toMatchObject({ data: { name: null, role: null, userId: 'U0NOBODY' } });
    expect(await say('whoami', null, { via: 'terminal', userId: 'root' })).toMatchObject({ data: { name: null, role: 'viewer' } });
  });

  it('lists the repairs', async () => {
    expect((await say('repairs')).data['repairs']).toEqual([
      { kind: 'pm2.reload', summary: 'reloads the app without downtime', risk: 'safe' },
      { kind: 'release.rollback', summary: 'goes back to the last stable release', risk: 'disruptive' },
    ]);
    await expect(say('repairs', 'Vera', { repairs: async () => null })).rejects.toMatchObject({ code: 'denied.place' });
  });
});

describe('who may not', () => {
  it('is told whose role is what, and who may', async () => {
    await expect(say('repair pm2.reload shop', 'Vera')).rejects.toMatchObject({
      code: 'denied.role', errorClass: 'denied', message: '“repair” asks for an operator, and Vera is a viewer', mend: 'These may: Ann (approver), Bob (approver), Otto (operator).',
    });
    await expect(say('approve shop', 'Otto')).rejects.toMatchObject({ message: '“approve” asks for an approver, and Otto is an operator', mend: 'These may: Ann (approver), Bob (approver).' });
  });

  it('is a stranger in a chat, who may not even look', async () => {
    await expect(say('status', null)).rejects.toMatchObject({ code: 'denied.stranger', message: '“status” asks for a viewer, and the slack account U0NOBODY belongs to nobody who is known here' });
  });

  it('is a stranger in the terminal, who may look and not ask', async () => {
    const root = { via: 'terminal', userId: 'root' };
    expect((await say('status', null, root)).data['version']).toBe(1);
    await expect(say('launch shop', null, root)).rejects.toMatchObject({ code: 'denied.stranger' });
  });

  it('writes nothing', async () => {
    await say('rollback shop --reason now', 'Vera').catch(() => undefined);
    expect(await stage.store.db.selectFrom('requests').selectAll().execute()).toEqual([]);
    expect(stage.pokes).toBe(0);
  });
});
