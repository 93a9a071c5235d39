import { afterEach, describe, expect, it } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { eventsSince } from '../../src/store/events.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { answers, faultyApp, startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { brisk } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

let home: Pm2Home;
let watch: Watch;
afterEach(async () => {
  await watch?.stop();
  await home?.stop();
});

async function begin(policy: string): Promise<string> {
  home = await startPm2Home();
  const app = await home.startApp({ name: 'shop', code: faultyApp, awaitAnswer: true });
  await home.pm2('save');
  watch = await beginWatch(brisk(home, `
apps:
  shop:
    url: ${app.url}
    endpoints: [{ path: /, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy: ${policy}
people: [{ name: Ann, role: approver, terminal: tester }]
`));
  await watch.steady();
  return app.url;
}

const incidents = async () => recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20);
const dead = async () => (await incidents()).find(({ kind }) => kind === 'pm2-dead');
const told = async () => (await eventsSince(watch.store.db, watch.monitor.ctx.hostId, 0, 100)).map(({ kind }) => kind).filter((kind) => kind.startsWith('monitor.pm2'));

describe('a PM2 daemon that died', { timeout: 180_000 }, () => {
  it('is brought back with its apps after a yes; nothing is done to the apps meanwhile', async () => {
    const url = await begin('{ default: act-and-tell, rules: [{ name: PM2 is asked for, repair: pm2.resurrect, rung: ask }] }');
    await home.killDaemon();
    await watch.asked();
    expect(await answers(url)).toBe(false);
    // What the app suffers of it may be there already.
    expect((await watch.card(await dead())).replace(/^ *Also: .*\n/gm, '')).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  host: may I do pm2.resurrect? PM2's daemon died: its apps are down, or run unwatched
        At ‹clock›: some readings in a row, for a while
        nobody ended it: no process of it is left, and its pid file still names one

        May decide: Ann.
        Expires ‹clock›, in 15 min; without an answer nothing is done.

        PM2's daemon of ‹dir› is dead
        what was started or changed since the last pm2 save does not come back by this
        At most no restarts, 1 process.
        Way back: none is needed: pm2 stop <name> ends what should not run

        A yes does exactly this:
        1. pm2 resurrect: shop (at most 90 s)

        Began  ‹clock›, a while ago

        Choices: Do it · Not now · Details
        incident ‹id› · to answer in words: approve host, deny host
      "
    `);
    expect(await watch.say('status')).toContain('has not answered since');
    await watch.say('approve', 'host');
    await until('the app to answer', () => answers(url), 60_000);
    await until('nothing to be open', async () => (await incidents()).every(({ state }) => state === 'resolved'), 60_000);
    expect((await dead())?.reason).toMatch(/^pm2\.resurrect mended it/);
    expect((await actsOn(watch.store.db, watch.app.id, 0)).filter(({ by }) => by === 'us')).toEqual([]);
    expect(await told()).toEqual([]);
  });

  it('comes back without a word of people where policy lets it', async () => {
    const url = await begin('{ default: observe, rules: [{ repair: pm2.resurrect, target: host, rung: act-and-tell }] }');
    await home.killDaemon();
    await until('the app to answer', () => answers(url), 60_000);
    await until('it to be over', async () => (await dead())?.state === 'resolved', 60_000);
    expect((await dead())?.reason).toMatch(/^pm2\.resurrect mended it/);
  });

  it('is left dead where policy only observes, and comes back when a person asks for it', async () => {
    const url = await begin('{ default: observe }');
    await home.killDaemon();
    await until('people to be called', async () => (await dead())?.state === 'escalated', 60_000);
    expect(await watch.say('repair', 'pm2.resurrect', 'host', '--dry-run')).toContain('pm2 resurrect: shop');
    await watch.say('repair', 'pm2.resurrect', 'host');
    await until('the app to answer', () => answers(url), 60_000);
    await until('all to be well', async () => !(await watch.say('status')).includes('has not answered since'));
    expect(await watch.story()).toMatch(/Ann: pm2\.resurrect on host began/);
  });

  it('and one that a person ended stays so, whatever policy says', async () => {
    const url = await begin('{ default: act-and-tell }');
    await home.pm2('kill');
    await until('it to be told', async () => (await told()).includes('monitor.pm2_lost'));
    const { clock } = watch.monitor.ctx;
    const then = clock.monotonic() + 6_000;
    await until('more looks', () => clock.monotonic() >= then);
    expect([await dead(), await answers(url)]).toEqual([undefined, false]);
    expect((await watch.story()).includes('pm2.resurrect')).toBe(false);
  });
});
