import { expect, it } from 'vitest';
import { listPm2 } from '../../scripts/pm2-cli.js';
import { LEFT_ALONE } from '../../src/domain/incident.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { remediationsIn } from '../../src/store/remediations.js';
import { until } from '../doubles/pm2-home.js';
import { FRAGILE } from './breaking-apps.js';
import { watchedHome } from './watched-home.js';
import type { Watch } from './watch.js';

const home = watchedHome();

async function begin(name: string, settle: string, env: Readonly<Record<string, string>> = {}): Promise<{ readonly watch: Watch; readonly url: string }> {
  const app = await home.pm2.startApp({ name, code: FRAGILE, awaitAnswer: true, env });
  const watch = await home.watch(`apps:
  ${name}:
    url: ${app.url}
    endpoints: [{ path: /a, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy:
  default: act-and-tell
`, { settle });
  await watch.steady();
  return { watch, url: app.url };
}

const reason = async ({ store, monitor }: Watch) => (await recentIncidents(store.db, monitor.ctx.hostId, 5)).find(({ state }) => state !== 'resolved')?.reason ?? null;

it('an app that a person stops is told as that from the first moment on, is no alarm, and stays stopped', { timeout: 90_000 }, async () => {
  const { watch } = await begin('resting', '8s');
  await home.pm2.pm2('stop', 'resting');
  await until('it to be told', async () => (await reason(watch)) === LEFT_ALONE, 10_000);
  const open = (await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 1))[0];
  expect(open?.state).toBe('open'); // Nobody is called before the time a person's restart takes is over.
  expect(await watch.card()).toMatch(/! WARNING {2}resting was stopped by hand: resting is stopped/);
  await until('status to say so', async () => (await watch.say('status')).includes(`Now: ${LEFT_ALONE}.`));
  expect(await watch.say('status')).toContain('! WARNING  resting: bad');
  expect(await watch.say('why', 'resting')).toContain(`Now: ${LEFT_ALONE} (since`);
  expect(await watch.say('incidents')).toContain(`now: ${LEFT_ALONE}`);

  await watch.incident('escalated');
  const card = await watch.card();
  expect(card).toContain('Somebody stopped it by hand; it is left alone until it is started again.');
  expect(card).toContain('pm2 start resting');
  for (const shown of [card, await watch.say('status'), await watch.say('why', 'resting')]) {
    expect(shown).not.toContain('CRITICAL');
    expect(shown).not.toContain('needs you');
    expect(shown).not.toContain('looked at again in a moment; nothing was tried yet.');
  }
  expect((await listPm2(home.pm2.home)).find(({ name }) => name === 'resting')?.status).toBe('stopped');

  await home.pm2.pm2('start', 'resting');
  await watch.incident('resolved');
  expect(await remediationsIn(watch.store.db, watch.monitor.ctx.hostId, ['running', 'settling', 'verified', 'failed', 'unclear'])).toEqual([]);
});

it('once it is started again and is not well, it is repaired as ever', { timeout: 90_000 }, async () => {
  const { watch, url } = await begin('waking', '1s');
  await home.pm2.pm2('stop', 'waking');
  await watch.incident('escalated');
  await home.pm2.pm2('start', 'waking');
  await until('it to answer', () => fetch(url).then(() => true, () => false));
  await fetch(`${url}break/a`);
  const { reason: how } = await watch.incident('resolved');
  expect(how).toMatch(/^pm2\.(reload|restart)/);
});
