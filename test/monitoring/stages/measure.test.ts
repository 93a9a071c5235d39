import { describe, expect, it } from 'vitest';
import { calledOff } from '../../../monitoring/stages/measure.js';
import type { PersonId } from '../../../src/domain/ids.js';
import { recentIncidents } from '../../../src/store/incidents.js';
import { personNamed } from '../../../src/store/people.js';
import { putRequest } from '../../../src/store/requests.js';
import { listResources } from '../../../src/store/resources.js';
import { servePages } from '../../doubles/pages.js';
import { virtualTime } from '../../doubles/virtual-time.js';
import { startWatched } from '../../doubles/watched.js';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22, 10, 0, 0);

const broken = new Set<string>();

const pages = servePages((request, response) => void response.writeHead(broken.has(request.url ?? '') ? 500 : 200).end('ok'));

/** Every interval as it is by default. */
function config(dataDir: string): string {
  return `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pages.pm2.home)}
apps:
  shop:
    url: ${pages.url}
    endpoints: [{ path: /, samples: 1 }, { path: /checkout, samples: 1 }]
    liveness: { path: /health, every: 10m }
people:
  - { name: Ann, role: approver, terminal: ann }
`;
}

describe('what is bad at a tick', { timeout: 60_000 }, () => {
  it('is an incident soon after settling when it was bad from the first reading of a release', async () => {
    broken.add('/checkout');
    const time = virtualTime(START);
    const watched = await startWatched(config, { time });
    try {
      await time.reach(START + 1.1 * MINUTE);
      const [incident] = await recentIncidents(watched.store.db, watched.monitor.ctx.hostId, 1);
      expect(incident?.title ?? 'no incident').toContain('/checkout: status 500');
      expect((incident?.openedAt ?? 0) - START).toBeLessThan(MINUTE);
    } finally {
      broken.clear();
      await watched.stop();
    }
  });

  it('is an incident again in the launch that follows, although the reading before was bad too', async () => {
    broken.add('/checkout');
    const time = virtualTime(START);
    const watched = await startWatched(config, { time });
    const { store, monitor } = watched;
    try {
      await time.reach(START + 1.1 * MINUTE);
      const app = (await listResources(store.db, monitor.ctx.hostId)).find(({ kind }) => kind === 'app');
      const person = await personNamed(store.db, monitor.ctx.hostId, 'Ann');
      const wish = { resourceId: app?.id ?? null, verb: 'launch', args: { app: 'shop', why: 'again' }, personId: person?.id as PersonId, via: 'terminal', key: 'again' } as const;
      await store.write((tx) => putRequest(tx, monitor.ctx.hostId, wish, time.clock.now()));
      monitor.loop.poke();
      await time.reach(START + 2.4 * MINUTE);
      const incidents = await recentIncidents(store.db, monitor.ctx.hostId, 5);
      expect(incidents.map(({ state }) => state)).toEqual(['escalated', 'resolved']);
      expect((incidents[0]?.openedAt ?? 0) - START).toBeLessThan(2.4 * MINUTE);
    } finally {
      broken.clear();
      await watched.stop();
    }
  });
});

describe('what was read while hypercare itself was in trouble', () => {
  const FIELDS = ['p50_ms', 'p95_ms', 'ok', 'uptime_ms'];
  const read = (verdict: 'good' | 'bad') => ({ verdict, ms: 900, values: [900, 950, 3, 60_000], note: null });

  it('is no reading where it is bad: nobody is blamed', () => {
    expect(calledOff(read('bad'), 'it stood still', FIELDS)).toEqual({ verdict: 'error', ms: null, values: [], note: 'it stood still' });
  });

  it('is a good answer still, whose time was ours', () => {
    expect(calledOff(read('good'), 'it stood still', FIELDS)).toEqual({ verdict: 'good', ms: null, values: [null, null, 3, 60_000], note: null });
  });

  it('is what it is where nothing was wrong with us', () => {
    expect(calledOff(read('bad'), null, FIELDS)).toEqual(read('bad'));
  });
});
