import { expect, it } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { checksOf } from '../../src/store/checks.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { recentSamples } from '../../src/store/samples.js';
import { until } from '../doubles/pm2-home.js';
import { watchedHome } from './watched-home.js';

const BOOT_MS = 2_500;
/** Listens only after a while, as an app does that connects and warms up first. */
const SLOW_TO_BOOT = `
const server = require('node:http').createServer((request, response) => response.end('ok'));
setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), ${BOOT_MS});
`;
const home = watchedHome();

it.each([
  ['a person restarts it', (pm2: typeof home.pm2) => pm2.pm2('restart', 'slow')],
  ['it ends, and PM2 starts it again', (pm2: typeof home.pm2) => pm2.pm2('sendSignal', 'SIGTERM', 'slow')],
])('a healthy app that boots slowly is left alone when %s', { timeout: 90_000 }, async (_what, begins) => {
  const app = await home.pm2.startApp({ name: 'slow', code: SLOW_TO_BOOT, awaitAnswer: true });
  // Its own settle of ten seconds is far longer than its boot, and its checks are made three times a second meanwhile.
  const watch = await home.watch(`apps:
  slow:
    url: ${app.url}
    endpoints: [{ path: /, critical: true, samples: 1, timeout: 1s }]
    liveness: { path: /, every: 500ms }
policy: { default: act-and-tell }
`, { settle: '8s' });
  try {
    await watch.steady();
    const [check] = (await checksOf(watch.store.db, watch.app.id)).filter(({ name }) => name === 'liveness');
    const verdicts = async () => (await recentSamples(watch.store.db, check?.id as number, 0, 200)).map(({ verdict }) => verdict);
    const before = (await verdicts()).length;
    await begins(home.pm2);
    await until('its boot to be measured, and twenty good answers after it', async () => (await verdicts()).slice(before).includes('bad') && (await verdicts()).slice(-20).every((verdict) => verdict === 'good'), 45_000);
    expect(await recentIncidents(watch.store.db, watch.app.hostId, 10)).toEqual([]);
    expect((await actsOn(watch.store.db, watch.app.id, 0)).filter(({ by }) => by === 'us')).toEqual([]);
  } finally {
    await home.pm2.pm2('delete', 'slow');
  }
});
