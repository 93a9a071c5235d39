import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shopConfig } from '../../../scripts/shop/shop-config.js';
import { runCli } from '../../../src/cli/run-cli.js';
import { systemClock } from '../../../src/io/clock.js';
import { takeSeat } from '../../../src/store/seat.js';
import { until } from '../../doubles/pm2-home.js';
import { startSampleShop, type SampleShop } from '../../doubles/sample-shop.js';
import { startWatched, type Watched } from '../../doubles/watched.js';

const QUICK = `
watch:
  tiers: [{ until: 1h, every: 2s }]
  confirm: { every: 500ms }
  settle: 1s
  warm_up: 1s
`;

let shop: SampleShop;
let watched: Watched;

beforeAll(async () => {
  shop = await startSampleShop();
  watched = await startWatched((dataDir) => shopConfig(shop.shop, { dataDir, user: 'tester' }).replace('every: 5s', 'every: 1s') + QUICK);
  await until('the shop is seen to be good', async () => (await cli('status')).exit === 0, 20_000);
}, 60_000);
afterAll(async () => {
  await watched?.stop();
  await shop?.stop();
});

async function cli(...argv: readonly string[]): Promise<{ readonly exit: number; readonly document: Record<string, unknown>; readonly talk: string }> {
  let stdout = '';
  let talk = '';
  const exit = await runCli({
    argv: [...argv, '--json', '--config', join(watched.dir, 'hypercare.yaml')], env: {}, cwd: watched.dir, home: watched.dir, user: 'tester', timeZone: 'UTC',
    stdout: { write: (text) => void (stdout += text) }, stderr: { write: (text) => void (talk += text) }, clock: systemClock,
  });
  return { exit, document: JSON.parse(stdout) as Record<string, unknown>, talk };
}

it('a real monitor is asked for a plan, a restore point, a launch and a repair, and answers each', async () => {
  const app = shop.shop.name;
  expect(await cli('repair', 'pm2.reload', app, '--dry-run')).toMatchObject({ exit: 0, document: { version: 1, app, plan: { repair: 'pm2.reload', verdict: 'auto' } } });
  expect(await cli('rollback', app, '--plan')).toMatchObject({ exit: 1, document: { refused: expect.any(String) as unknown } });
  expect(await cli('restore-point', app, '--reason', 'it answers well')).toMatchObject({ exit: 0, document: { app, reason: 'it answers well' } });
  expect(await cli('launch', app, '--reason', 'sale begins')).toMatchObject({ exit: 0, document: { app, launchId: expect.any(String) as unknown } });
  const repaired = await cli('repair', 'pm2.reload', app);
  expect(repaired.talk).toMatch(/pm2\.reload has begun[\s\S]*pm2\.reload: verified/);
  expect(repaired).toMatchObject({ exit: 0, document: { outcome: 'mended', incident: { kind: 'manual', state: 'resolved' } } });
  expect(await cli('audit')).toMatchObject({ exit: 0, document: { brokenAt: null } });
  expect(await cli('audit', 'verify')).toMatchObject({ exit: 0, document: { whole: true, fault: null, anchor: { verdict: 'holds' } } });
  expect(await cli('why', app)).toMatchObject({ exit: 0, document: { at: app, incident: { kind: 'manual' }, story: expect.arrayContaining([expect.objectContaining({ kind: 'record', text: `tester: asked for pm2.reload on ${app}` })]) as unknown } });
  await expect(cli('repair', 'pm2.nonsense', app)).resolves.toMatchObject({ exit: 2, document: { error: { code: 'repair.unknown' } } });
}, 60_000);

it('without a monitor the same is done offline, under the same seat; beside one it is refused', async () => {
  const app = shop.shop.name;
  await watched.stop({ keep: true });
  expect(await cli('status')).toMatchObject({ exit: 3, document: { monitor: { running: false, seenAt: null } } });
  const down = cli('repair', 'pm2.reload', app);
  await expect(down).resolves.toMatchObject({ exit: 3, document: { error: { code: 'monitor.down', mend: expect.stringContaining('--offline') as unknown } } });
  const seat = takeSeat(shop.pm2Home.home);
  await expect(cli('repair', 'pm2.reload', app, '--offline')).resolves.toMatchObject({ exit: 2, document: { error: { code: 'seat.taken' } } });
  seat?.release();
  await expect(cli('repair', 'pm2.reload', app, '--offline')).resolves.toMatchObject({ exit: 0, document: { outcome: 'mended' } });
}, 60_000);
