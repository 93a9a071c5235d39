import { describe, expect, it } from 'vitest';
import { serveApi } from '../../bot/http/server.js';
import { freePort } from '../../scripts/free-port.js';
import { incidentCard } from '../../src/cards/incident-card.js';
import { drawPlain } from '../../src/cards/plain.js';
import { DEFAULT_TIERS } from '../../src/domain/tiers.js';
import { sha256 } from '../../src/io/hash.js';
import { incidentView } from '../../src/store/incident-view.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { listResources } from '../../src/store/resources.js';
import { noAlertmanager, startAlertmanager } from '../doubles/alertmanager.js';
import { givenOnce } from '../doubles/given.js';
import { startPm2Home, until } from '../doubles/pm2-home.js';
import { startWatched } from '../doubles/watched.js';
import { policy } from '../src/policy/policies.js';

const TOKEN = `hc_${'a'.repeat(43)}`;

const house = givenOnce(async () => {
  const home = await startPm2Home();
  await home.pm2('ping');
  const port = await freePort();
  const watched = await startWatched((dir) => `data_dir: ${JSON.stringify(dir)}\npm2_home: ${JSON.stringify(home.home)}\napi: { alertmanager: true }\napps: { shop: { liveness: false } }\npeople: [{ name: alertmanager, role: operator, api: ${sha256(TOKEN)} }]\n`);
  const { store, monitor } = watched;
  const { hostId, clock, log } = monitor.ctx;
  const stop = await serveApi({ store, hostId, hostName: 'vm-1', carrier: { poke: async () => monitor.loop.poke(), onPoke: async () => async () => undefined }, clock, log, tiers: DEFAULT_TIERS, settleMs: 0, policy: policy('observe'), repairs: async () => [], release: '0.0.0', at: { listen: '127.0.0.1', port, hosts: [], perSecond: 1_000 } });
  const incidents = async () => {
    const places = await listResources(store.db, hostId);
    const all = (await recentIncidents(store.db, hostId, 20)).filter(({ kind }) => kind === 'alert');
    return all.map(({ id, resourceId, state, severity, title, reason }) => ({ id, at: places.find((one) => one.id === resourceId)?.name, state, severity, title, reason }));
  };
  return {
    url: `http://127.0.0.1:${port}/hooks/alertmanager`, incidents,
    async card() {
      return drawPlain(incidentCard(await incidentView(store.db, (await incidents())[0]?.id as never), { now: clock.now(), timeZone: 'UTC' }), { width: 80, color: false });
    },
    async stop() {
      await stop();
      await watched.stop();
      await home.stop();
    },
  };
}, (all) => all.stop());

describe.skipIf(noAlertmanager)('a real Alertmanager', () => {
  it('opens an incident at the app that an alert names, and ends it when the alert is over', async () => {
    const alertmanager = await startAlertmanager(house.url, TOKEN);
    try {
      const labels = { alertname: 'HighErrors', app: 'shop', severity: 'critical', instance: '10.0.0.7:9100' };
      await alertmanager.alert(labels, { summary: 'one of ten answers is wrong' }, 600_000);
      await until('the alert to be told', async () => (await house.incidents())[0]?.state === 'escalated', 30_000);
      expect(await house.incidents()).toMatchObject([{ at: 'shop.alerts', severity: 'critical', title: 'HighErrors: one of ten answers is wrong' }]);
      expect(await house.card()).toContain('instance=10.0.0.7:9100');
      await alertmanager.alert(labels, { summary: 'one of ten answers is wrong' }, 0);
      await until('the alert to be over', async () => (await house.incidents())[0]?.state === 'resolved', 30_000);
    } finally {
      await alertmanager.stop();
    }
  }, 90_000);
});
