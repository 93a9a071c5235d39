import { describe, expect, it } from 'vitest';
import { serveApi } from '../../bot/http/server.js';
import { freePort } from '../../scripts/free-port.js';
import { DEFAULT_TIERS } from '../../src/domain/tiers.js';
import { drawPlain } from '../../src/cards/plain.js';
import { incidentCard } from '../../src/cards/incident-card.js';
import { createContext } from '../../src/commands/context.js';
import { runWords } from '../../src/commands/run-words.js';
import { personOf } from '../../src/store/people.js';
import { sha256 } from '../../src/io/hash.js';
import { incidentView } from '../../src/store/incident-view.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { hearPings } from '../../src/store/pings.js';
import { givenOnce } from '../doubles/given.js';
import { startPm2Home } from '../doubles/pm2-home.js';
import { virtualTime } from '../doubles/virtual-time.js';
import { startWatched } from '../doubles/watched.js';
import { policy } from '../src/policy/policies.js';

const START = Date.UTC(2026, 10, 22, 2);
const MINUTE = 60_000;
const TOKEN = `hc_${'n'.repeat(43)}`;

const house = givenOnce(async () => {
  const home = await startPm2Home();
  await home.pm2('ping');
  const time = virtualTime(START);
  const watched = await startWatched((dir) => `data_dir: ${JSON.stringify(dir)}\npm2_home: ${JSON.stringify(home.home)}\napi:\njobs: { nightly: { ping: ${sha256(TOKEN)}, every: 10m, grace: 2m } }\n`, { time });
  const { store, monitor } = watched;
  const { hostId, clock, log } = monitor.ctx;
  const at = { listen: '127.0.0.1', port: await freePort(), hosts: [], perSecond: 1_000 };
  const stop = await serveApi({ store, hostId, hostName: 'vm-1', carrier: { poke: async () => undefined, onPoke: async () => async () => undefined }, clock, log, tiers: DEFAULT_TIERS, settleMs: 0, policy: policy('observe'), repairs: async () => [], release: '0.0.0', at });
  return {
    ...watched,
    ping: async (what = '') => (await fetch(`http://127.0.0.1:${at.port}/ping/${TOKEN}${what}`)).text(),
    /** The bot hears meanwhile, as its own clock would have it. */
    async pass(ms: number, heard = true) {
      const until = clock.now() + ms;
      while (clock.now() < until) {
        if (heard) await store.write((tx) => hearPings(tx, hostId, [sha256(TOKEN)], clock.now()));
        await time.reach(Math.min(until, clock.now() + 30_000));
      }
    },
    async incidents() {
      const all = await recentIncidents(store.db, hostId, 10);
      return all.filter(({ kind }) => kind.startsWith('job-')).map(({ kind, state, severity, title }) => ({ kind, state, severity, title }));
    },
    async card() {
      const [newest] = (await recentIncidents(store.db, hostId, 10)).filter(({ kind }) => kind.startsWith('job-'));
      return drawPlain(incidentCard(await incidentView(store.db, newest?.id as never), { now: clock.now(), timeZone: 'UTC' }), { width: 80, color: false });
    },
    async status() {
      const ctx = createContext({ store, hostId, person: await personOf(store.db, hostId, { platform: 'terminal', userId: 'tester' }), via: 'terminal', userId: 'tester', nonce: 's', timeZone: 'UTC', tiers: DEFAULT_TIERS, settleMs: 0, policy: policy('observe'), now: () => clock.now(), sleep: async () => undefined, poke: async () => undefined, repairs: async () => [] });
      return drawPlain((await runWords(['status'], ctx)).card, { width: 80, color: false });
    },
    async stop() {
      await stop();
      await watched.stop();
      await home.stop();
    },
  };
}, (all) => all.stop());

describe('a job that pings', () => {
  it('is well while it does, one that fails is an incident, and the next that goes well ends it', async () => {
    expect(await house.ping('/start')).toBe('OK');
    await house.pass(MINUTE);
    await house.ping('/0');
    await house.pass(MINUTE);
    expect(await house.incidents()).toEqual([]);
    expect(await house.status()).toContain('Also watched, and good: host, nightly');
    await house.ping('/start');
    await house.ping('/7');
    await house.pass(MINUTE);
    expect(await house.incidents()).toMatchObject([{ kind: 'job-failed', state: 'escalated', severity: 'warning' }]);
    expect(await house.card()).toContain('nightly');
    expect(await house.card()).toContain('failed with exit status 7');
    expect(await house.status()).toContain('nightly (job): bad (failed with exit status 7)');
    await house.ping();
    await house.pass(MINUTE);
    expect(await house.incidents()).toMatchObject([{ kind: 'job-failed', state: 'resolved' }]);
  });

  it('that runs too long, and that does not ping in time, is told', async () => {
    await house.ping('/start');
    await house.pass(3 * MINUTE);
    expect((await house.incidents())[0]).toMatchObject({ kind: 'job-overrun', state: 'escalated' });
    await house.ping('/0');
    await house.pass(MINUTE);
    expect((await house.incidents())[0]).toMatchObject({ kind: 'job-overrun', state: 'resolved' });
    await house.pass(13 * MINUTE);
    expect((await house.incidents())[0]).toMatchObject({ kind: 'job-late', state: 'escalated' });
    await house.ping('/0');
    await house.pass(MINUTE);
  }, 120_000);

  it('that may have pinged while nobody listened is not called late', async () => {
    const before = (await house.incidents()).length;
    await house.pass(13 * MINUTE, false);
    expect((await house.incidents()).length).toBe(before);
    expect(await house.status()).toContain('nightly (job): not known (ping: ');
  }, 120_000);
});
