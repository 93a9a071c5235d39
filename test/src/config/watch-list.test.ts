import { describe, expect, it } from 'vitest';
import { probes } from '../../../monitoring/probes/index.js';
import type { Probe } from '../../../monitoring/probes/probe.js';
import { watchList, type WatchedCheck } from '../../../src/config/watch-list.js';
import { configFor } from './written.js';

const CONFIG = `
apps:
  shop:
    pm2: [web, worker]
    url: http://127.0.0.1:3100
    endpoints: [/health, { path: '/checkout?key=k', critical: true, status: [200, 3xx], body: cart, timeout: 5s, samples: 2, headers: { authorization: Bearer secret } }]
    liveness: { every: 10s }
    release: { mode: releases, dir: /srv/shop, repo: /srv/shop/repo.git, config_files: [.env, app.yml] }
    uses: [payments, cache, stock]
  stock:
dependencies:
  payments: { url: 'https://pay.example/health?key=secret', every: 20s, status: 204 }
redis:
  cache: redis://ann:secret@10.0.0.5:6379/2
watch: { tiers: [{ until: 1h, every: 5m }, { until: 2h, every: 10m }] }
`;
const list = watchList(configFor(CONFIG));

function check(resource: string, name: string): WatchedCheck | undefined {
  return list.checks.find((one) => one.resource === resource && one.name === name);
}

it('lists the resources and what they need', () => {
  expect(list.resources.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['dependency payments', 'redis cache', 'host host', 'app shop', 'app stock']);
  expect(list.edges).toEqual([{ from: 'shop', to: 'payments' }, { from: 'shop', to: 'cache' }, { from: 'shop', to: 'stock' }]);
});

it('lists the checks of each, with their cadence', () => {
  expect(list.checks.map((one) => [one.resource, one.name, one.probe, one.cadence, one.everyMs, one.critical])).toEqual([
    ['payments', 'up', 'http', 'every', 20_000, true],
    ['cache', 'redis', 'redis', 'every', 30_000, true],
    ['host', 'host', 'host', 'every', 60_000, true],
    ['host', 'pm2-daemon', 'pm2-daemon', 'every', 60_000, true],
    ['shop', 'http:/health', 'http', 'tick', 300_000, false],
    ['shop', 'http:/checkout', 'http', 'tick', 300_000, true],
    ['shop', 'liveness', 'http', 'every', 10_000, true],
    ['shop', 'pm2', 'pm2', 'every', 10_000, true],
    ['shop', 'release', 'release', 'every', 10_000, false],
    ['shop', 'limiter', 'limiter', 'every', 10_000, false],
    ['stock', 'pm2', 'pm2', 'every', 30_000, true],
    ['stock', 'release', 'release', 'every', 30_000, false],
  ]);
});

describe('options', () => {
  it('say all that is asked at a tick', () => {
    expect(check('shop', 'http:/checkout')?.options).toEqual({
      url: 'http://127.0.0.1:3100/checkout?key=k', method: 'GET', status: [200, '3xx'], body: 'cart', timeoutMs: 5_000, samples: 2, headers: { authorization: 'Bearer secret' },
    });
  });

  it('ask once and quickly between ticks', () => {
    expect(check('shop', 'liveness')?.options).toMatchObject({ url: 'http://127.0.0.1:3100/health', timeoutMs: 2_000, samples: 1 });
  });

  it('say where releases stand, or that the process has to be asked', () => {
    expect(check('shop', 'release')?.options).toEqual({ mode: 'releases', dir: '/srv/shop', repo: '/srv/shop/repo.git', processes: ['web', 'worker'], configFiles: ['.env', 'app.yml'] });
    expect(check('stock', 'release')?.options).toEqual({ mode: 'in-place', dir: null, repo: null, processes: ['stock'], configFiles: ['.env'] });
  });

  it('name the Redis servers in which limiters are looked for, and the store learns none of their addresses', () => {
    expect(check('shop', 'limiter')?.options).toEqual({ processes: ['web', 'worker'], limiters: [], servers: [{ name: 'cache', url: 'redis://ann:secret@10.0.0.5:6379/2' }] });
    expect(check('shop', 'limiter')?.stored).toEqual({ ask: 'shop limiter' });
  });

  it.each(list.checks.filter(({ probe }) => probe in probes).map((one) => [`${one.resource} ${one.name}`, one] as const))("of %s fit the probe's own schema", (_name, one) => {
    const probe: Probe<unknown> | undefined = (probes as Readonly<Record<string, Probe<unknown>>>)[one.probe];
    expect(probe?.options.parse(one.options)).toEqual(one.options);
  });
});

it('shows where a server is, and not who we are there', () => {
  expect(list.resources.find(({ name }) => name === 'cache')?.config).toMatchObject({ url: 'redis://10.0.0.5:6379/2' });
  expect(check('cache', 'redis')?.options).toMatchObject({ url: 'redis://ann:secret@10.0.0.5:6379/2' });
});

it.each([
  ['redis', 'unix:///run/redis/redis.sock?db=2', 'unix:///run/redis/redis.sock'],
  ['redis', 'unix://:secret@localhost/run/redis.sock', 'unix://localhost/run/redis.sock'],
  ['postgres', 'postgres://ann:secret@localhost/blog?host=/run/postgresql', 'postgres://localhost/blog?host=/run/postgresql'],
  ['postgres', 'postgres:///blog?host=/run/postgresql&user=ann&password=secret', 'postgres:///blog?host=/run/postgresql'],
])('shows the socket through which a %s is reached, and not who we are there', (kind, url, shown) => {
  const { resources } = watchList(configFor(`{ ${kind}: { up: ${JSON.stringify(url)} } }`));
  expect(resources.find(({ name }) => name === 'up')?.config).toMatchObject({ url: shown });
});

it.each([['postgres://ann:secret@localhost/blog', 'ann'], ['postgres:///blog?host=/run/postgresql&user=ann', 'ann'], ['postgres://Ops%2D1@localhost/blog', 'Ops-1'], ['postgres://localhost/blog', undefined]])('tells the detector of %s which role lacks rights, and no password', (url, role) => {
  const config = watchList(configFor(`{ postgres: { up: ${JSON.stringify(url)} } }`)).resources.find(({ name }) => name === 'up')?.config;
  expect((config as { readonly options?: { readonly role?: string } }).options?.role).toBe(role);
  expect(JSON.stringify(config)).not.toContain('secret');
});

it('is plain JSON', () => {
  expect(JSON.parse(JSON.stringify(list))).toEqual(list);
});

it('puts no header and no query into what is shown of a resource', () => {
  expect(JSON.stringify([list.resources, list.checks.map(({ name, stored }) => [name, stored])])).not.toMatch(/secret|key=/);
});

it.each([
  { rule: 'another port', was: 'http://127.0.0.1:3100/', is: 'http://127.0.0.1:3101/', same: false },
  { rule: 'another method', was: 'http://127.0.0.1:3100/', is: '{ url: "http://127.0.0.1:3100/", method: HEAD }', same: false },
  { rule: 'another status', was: 'http://127.0.0.1:3100/', is: '{ url: "http://127.0.0.1:3100/", status: 204 }', same: true },
  { rule: 'another password', was: 'redis://ann:one@10.0.0.5', is: 'redis://ann:two@10.0.0.5', same: true },
])('by what the store has, $rule is the same address: $same', ({ was, is, same }) => {
  const kind = was.startsWith('redis') ? 'redis' : 'dependencies';
  const [before, after] = [was, is].map((server) => watchList(configFor(`{ ${kind}: { up: ${server.startsWith('{') ? server : JSON.stringify(server)} } }`)).checks.find(({ resource }) => resource === 'up')?.stored);
  expect(before).toEqual({ ask: expect.stringContaining('up '), address: expect.stringMatching(/^[0-9a-f]{8}$/) });
  expect(JSON.stringify(after) === JSON.stringify(before)).toBe(same);
});
