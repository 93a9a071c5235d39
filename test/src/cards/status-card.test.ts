import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import { statusCard, type StatusAround } from '../../../src/cards/status-card.js';
import type { AppStatus, Watch } from '../../../src/domain/app-status.js';
import type { ResourceStatus } from '../../../src/domain/resource-status.js';
import { bad, BEGAN, good, incident, launch, NO_DEBT, OWES, question, UTC, view } from './views.js';

const watch: Watch = { monitorSeenAt: UTC.now, pm2LostAt: null, botSeenAt: UTC.now, storeFullAt: null };
const shop: AppStatus = { app: view().resource, verdict: 'good', why: '3 checks good', release: bad, launch: { ...launch, tier: 1, tiers: 3 }, incidents: [], waits: {}, question: null, debt: NO_DEBT, checks: [] };
const sick: AppStatus = { ...shop, verdict: 'bad', why: incident.title, incidents: [incident], question };
const named = (name: string, status: AppStatus): AppStatus => ({ ...status, app: { ...status.app, name } });
const beside = (kind: ResourceStatus['resource']['kind'], name: string, fields: Partial<ResourceStatus> = {}): ResourceStatus => ({ resource: { ...shop.app, kind, name }, verdict: 'good', why: '1 check good', incidents: [], question: null, ...fields });
const draw = (apps: readonly AppStatus[], seen: StatusAround = watch): string => drawPlain(statusCard(apps, seen, UTC), { width: 72, color: false });

describe('the card of the status', () => {
  it('is short where all is well', () => {
    expect(draw([shop])).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC."
    `);
  });

  it('does not put what concerns channels and holds into the midst of the only app’s text', () => {
    const channels = [{ name: 'slack:C1', part: 'speaks', since: BEGAN, trouble: { why: 'refused', mend: null } }] as const;
    const told = draw([shop], { ...watch, channels });
    expect(told).toMatch(/Slack: not reached since 03:12 UTC: refused\.\n\n {2}shop: good \(3 checks good\)\n {2}Release/);
  });

  it('calls an app outside of git after the directory it stands in', () => {
    expect(draw([{ ...shop, release: { ...bad, commit: null, dir: '/srv/w' } }])).toContain('As it stands in w (watching), live for 27 min');
  });

  it.each(['unknown', 'error'] as const)('says why it cannot be told what runs, where the reading is %s, and once', (verdict) => {
    const told = (why: string): string => draw([{ ...shop, why, checks: [{ check: { name: 'release', probe: 'release' }, newest: { verdict, at: UTC.now, note: 'the repository belongs to another user' } }] as unknown as AppStatus['checks'] }]).replace(/\s+/g, ' ');
    expect(told('3 checks good')).toMatch(/What runs cannot be told \(.*\): the repository belongs to another user\./);
    expect(told('the repository belongs to another user').split('another user')).toHaveLength(2);
  });

  it('says what an incident waits for, where no question says it better', () => {
    const waits = { [incident.id]: 'it waits for a fresh reading of redis' };
    expect(draw([{ ...sick, question: null, waits }])).toMatch(/3 checks in a row over 20 s\n {2}Now: it waits for a fresh reading of redis\. All of it: why shop$/);
    expect(draw([{ ...sick, waits }])).not.toContain('Now:');
  });

  it('puts the worst first and names it in the title', () => {
    const blind: AppStatus = { ...named('blog', shop), verdict: 'unknown', why: 'liveness was last measured 10 min ago, and should be every 30 s' };
    expect(draw([named('api', shop), blind, sick])).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop bad; blog not known; 1 good
        shop: bad (/checkout: status 500, 3 checks in a row over 20 s)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.
        Incident k2m9qx, open since 03:12 UTC, 4 min ago: /checkout: status
        500, 3 checks in a row over 20 s
        A question waits for an answer (approve shop, deny shop); expires
        03:44 UTC, in 28 min.

        blog: not known (liveness was last measured 10 min ago, and should be
        every 30 s)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.

        api: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC."
    `);
  });

  it('is not good without a monitor: it stopped, or has been silent for half a minute', () => {
    expect(draw([shop], { ...watch, monitorSeenAt: UTC.now - 29_000 })).toMatch(/^✓ GOOD {2}shop: good/);
    expect(draw([shop], { ...watch, monitorSeenAt: UTC.now - 30_000 })).toMatch(/^! WARNING {2}no monitor runs/);
    expect(draw([shop], { ...watch, monitorSeenAt: null })).toMatchInlineSnapshot(`
      "! WARNING  no monitor runs: nothing has been measured yet
        Nothing is measured or repaired until it does: npm start.

        shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC."
    `);
  });

  it('says what keeps an app going that is good', () => {
    expect(draw([{ ...shop, debt: OWES }])).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.
        Healing debt 5 in 7 days: 4 restarts (2 by PM2 itself, 1 × pm2.kill, 1
        × pm2.reload)."
    `);
  });

  it('says that the watch is over', () => {
    const proven: AppStatus = { ...shop, release: good, launch: { ...launch, state: 'stable', tier: null, tiers: 3 } };
    expect(draw([proven])).toMatch(/its watch has ended\s+\(stable\)\./);
  });

  it('tells since when PM2 does not answer', () => {
    expect(draw([shop, sick], { ...watch, pm2LostAt: BEGAN })).toMatchInlineSnapshot(`
      "✗ CRITICAL  PM2’s daemon has not answered since 03:12 UTC, 4 min ago
        Its apps are down, or run unwatched. Nothing is repaired until it is
        back.
        On the host: pm2 resurrect brings back what the last pm2 save kept
        (or: repair pm2.resurrect host); where nothing was saved, pm2 start
        with their own files.
        What follows is what was known by 03:12 UTC, and what could still be
        measured since.

        shop: bad (/checkout: status 500, 3 checks in a row over 20 s)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.
        Incident k2m9qx, open since 03:12 UTC, 4 min ago: /checkout: status
        500, 3 checks in a row over 20 s
        A question waits for an answer (approve shop, deny shop); expires
        03:44 UTC, in 28 min.

        shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC."
    `);
    expect(draw([shop], { ...watch, monitorSeenAt: null, pm2LostAt: BEGAN })).toMatch(/^! WARNING {2}no monitor runs.*PM2’s daemon has not answered since 03:12 UTC, 4\s+min ago\./s);
  });

  it('says in one line that the bot has fallen silent, and nothing of a bot that never was or while no monitor runs', () => {
    const silent = { ...watch, botSeenAt: BEGAN };
    expect(draw([shop], silent)).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (3 checks good)
        The bot has given no sign of life since 03:12 UTC, 4 min ago: nobody
        is told or asked. Look at it: pm2 logs hypercare-bot.

        shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC."
    `);
    for (const other of [{ ...watch, botSeenAt: null }, { ...silent, monitorSeenAt: null }]) expect(draw([shop], other)).not.toContain('bot');
  });

  it('says in one line that the disk of the store is full, and also where no monitor can say that it runs', () => {
    const full = { ...watch, storeFullAt: BEGAN };
    expect(draw([shop], { ...full, monitorSeenAt: UTC.now - 60_000 })).toMatch(/the store’s disk is full.*nothing is repaired until there is room/s);
    expect(draw([shop], { ...full, monitorSeenAt: UTC.now - 60_000 })).not.toContain('no monitor runs');
    expect(draw([shop], full)).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (3 checks good)
        The disk of hypercare’s store has been full since 03:12 UTC, 4 min
        ago: soon nothing can be kept or done. Make room on the host: df -h,
        then pm2 flush or old files.

        shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC."
    `);
    expect(draw([shop], { ...full, monitorSeenAt: null })).toContain('store has been full since 03:12 UTC');
  });

  it('lists what is watched beside the apps: what is good in one line', () => {
    expect(draw([shop], { ...watch, resources: [beside('host', 'host'), beside('redis', 'cache')] })).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.

        Also watched, and good: host, cache."
    `);
  });

  it('says what of it is bad, before what is not known, and in the title too', () => {
    const full = { ...incident, title: 'the disk of /srv is 97 % full, 120 MiB free', severity: 'warning' as const };
    const resources = [
      beside('redis', 'cache'),
      beside('dependency', 'payments', { verdict: 'unknown', why: 'up: refused, in its newest reading; not confirmed yet' }),
      beside('host', 'host', { verdict: 'bad', why: full.title, incidents: [full], question }),
      beside('postgres', 'db', { incidents: [{ ...incident, severity: 'info', title: 'an index is missing' }] }),
    ];
    expect(draw([shop], { ...watch, resources })).toMatchInlineSnapshot(`
      "! WARNING  shop: good (3 checks good); host bad
        shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.

        host: bad (the disk of /srv is 97 % full, 120 MiB free)
        Incident k2m9qx, open since 03:12 UTC, 4 min ago
        A question waits for an answer (approve host, deny host); expires
        03:44 UTC, in 28 min.
        payments: not known (up: refused, in its newest reading; not confirmed
        yet)
        db (PostgreSQL): good
        Incident k2m9qx, open since 03:12 UTC, 4 min ago: an index is missing
        Also watched, and good: cache."
    `);
  });

  it('says that nothing is watched, and does not call that good', () => {
    expect(statusCard([], watch, UTC)).toMatchObject({ title: 'no app is watched', level: 'warning' });
  });
});
