import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { shopConfig } from '../../../scripts/shop/shop-config.js';
import { shopPlaces } from '../../../scripts/shop/layout.js';
import { loadConfig } from '../../../src/config/load.js';

const dir = mkdtempSync(join(tmpdir(), 'hypercare-config-'));
afterAll(() => rmSync(dir, { recursive: true }));

const shop = { name: 'sample-shop', port: 4870, url: 'http://127.0.0.1:4870', pm2Home: '/home/ann/.pm2', places: shopPlaces('/home/ann/my "data"/shop') };

it('is a configuration that hypercare accepts, with nothing to warn of', () => {
  const loaded = load(shopConfig(shop, { dataDir: '/home/ann/my "data"', user: 'ann' }));
  expect(loaded).toMatchObject({ ok: true, warnings: [] });
  if (!loaded.ok) throw new Error('not loaded');
  const { apps, policy, people, dataDir } = loaded.config;
  expect(dataDir).toBe('/home/ann/my "data"');
  expect(apps).toMatchObject([{ name: 'sample-shop', processes: ['sample-shop'], url: shop.url, release: { dir: shop.places.dir, repo: shop.places.repo } }]);
  expect(apps[0]?.endpoints.filter((endpoint) => endpoint.critical).map((endpoint) => endpoint.name)).toEqual(['/checkout']);
  expect(policy.default).toBe('observe');
  expect(policy.rules.map(({ repair, rung }) => [repair, rung])).toEqual([['pm2.*', 'act-and-tell'], ['release.rollback', 'ask']]);
  expect(people).toMatchObject([{ name: 'ann', role: 'approver', accounts: [{ platform: 'terminal', userId: 'ann' }] }]);
});

it('takes more sections behind it', () => {
  const loaded = load(`${shopConfig(shop, { dataDir: '/data', user: 'ann' })}\nwatch:\n  settle: 2s\n`);
  expect(loaded).toMatchObject({ ok: true, config: { watch: { settleMs: 2_000 } } });
});

function load(text: string): ReturnType<typeof loadConfig> {
  const file = join(dir, 'hypercare.yaml');
  writeFileSync(file, text);
  const units = { channels: {}, repairs: ['pm2.reload', 'pm2.restart', 'pm2.kill', 'release.rollback'] };
  return loadConfig({ file, env: {}, envFile: join(dir, '.env'), home: '/home/ann', units });
}
