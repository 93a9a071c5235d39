import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../../../src/config/config.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { configSchema } from '../../../src/config/schema.js';
import { configFor, units } from './written.js';

function app(yaml: string): AppConfig {
  return configFor(`apps: { shop: ${yaml} }`).apps[0] as AppConfig;
}

describe('what is not written', () => {
  const config = configFor('{}');

  it('is the cautious default', () => {
    expect(config.policy).toEqual({
      dryRun: false, default: 'observe', rules: [], allow: null, deny: [], remediationsPerTargetHour: 10, remediationsPerHour: 100, later: [], hash: expect.stringMatching(/^[0-9a-f]{16}$/), restartsPer30m: 3, restartsPer24h: 6, rollbacksPer24h: 1, repairExpiryMs: 900_000, rollbackExpiryMs: 1_800_000,
    });
  });

  it('is the schedule of 72 hours', () => {
    expect(config.watch).toEqual({ tiers: DEFAULT_TIERS, confirm: { everyMs: 1_000, bad: 3, good: 2 }, hotMs: 7_200_000, afterStormMs: 600_000, settleMs: 30_000, warmUpMs: 600_000 });
  });

  it('is taken from the machine', () => {
    expect(config).toMatchObject({ host: hostname(), dataDir: '/home/ann/.hypercare', pm2Home: '/home/ann/.pm2' });
  });

  it('is told on the console alone', () => {
    expect(config.channels).toEqual([{ kind: 'console', options: { level: 'info' } }]);
    expect(configFor('channels: { slack: { channel: C1 } }').channels).toEqual([{ kind: 'slack', options: { channel: 'C1' } }]);
    expect(configFor('channels: {}').channels).toEqual([]);
  });
});

it('a key with nothing behind it counts as not written', () => {
  const bare = 'apps:\ndependencies:\nwatch:\npolicy:\npeople:\nkeep:\nlog:\n';
  expect(configFor(bare)).toEqual(configFor('{}'));
  expect(configFor('channels: { console: }').channels).toEqual([{ kind: 'console', options: { level: 'info' } }]);
  expect(configFor('apps: { shop: { url: http://h, endpoints: , uses: , limits: , runbook: } }').apps[0]).toMatchObject({ endpoints: [{ name: '/' }], uses: [], runbook: {} });
});

describe('directories', () => {
  it('come from the environment where the file does not say them', () => {
    const env = { HYPERCARE_HOME: '/var/lib/hypercare', PM2_HOME: '~/pm2' };
    expect(configFor('{}', { env })).toMatchObject({ dataDir: '/var/lib/hypercare', pm2Home: '/home/ann/pm2' });
    expect(configFor('data_dir: /srv/data/', { env })).toMatchObject({ dataDir: '/srv/data' });
  });

  it('take ~ for the home directory and nothing else', () => {
    expect(app('{ release: { mode: in-place, dir: ~/shop } }').release?.dir).toBe('/home/ann/shop');
    expect(app('{ release: { mode: in-place, dir: /srv/~ann } }').release?.dir).toBe('/srv/~ann');
  });
});

describe('an app', () => {
  it('is an address alone: its front page is asked, and again as its liveness', () => {
    const ask = { url: 'http://127.0.0.1:3100/', method: 'GET', status: ['2xx'], body: null, headers: {} };
    expect(app('http://127.0.0.1:3100')).toEqual({
      name: 'shop', processes: ['shop'], url: 'http://127.0.0.1:3100', everyMs: 30_000, release: null, uses: [], limiters: [], runbook: {},
      endpoints: [{ name: '/', critical: false, ...ask, timeoutMs: 15_000, samples: 3 }],
      liveness: { ...ask, timeoutMs: 2_000, samples: 1 },
      limits: { latencyMs: null, latencyRatio: null, memoryBytes: null, restarts: null },
    });
  });

  it('is nothing but its name: PM2 alone is asked', () => {
    expect(app('')).toMatchObject({ processes: ['shop'], url: null, endpoints: [], liveness: null });
  });

  it('has rate limiters by what their keys begin with, alone or with a limit', () => {
    expect(app('{ limiters: "rl:" }').limiters).toEqual([{ prefix: 'rl:', limit: null }]);
    expect(app('{ limiters: [{ prefix: "rl:", limit: 100 }, "login_fail:"] }').limiters).toEqual([{ prefix: 'rl:', limit: 100 }, { prefix: 'login_fail:', limit: null }]);
  });

  it('has one PM2 process or several', () => {
    expect(app('{ pm2: web }').processes).toEqual(['web']);
    expect(app('{ pm2: [web, worker] }').processes).toEqual(['web', 'worker']);
  });

  it('puts paths behind its url, whatever that ends in', () => {
    const { endpoints } = app('{ url: http://h/api/, endpoints: [/health?full=1, https://other.example/ping?key=1, http://h/own] }');
    expect(endpoints.map(({ name, url }) => [name, url])).toEqual([
      ['/health', 'http://h/api/health?full=1'],
      ['other.example/ping', 'https://other.example/ping?key=1'],
      ['/own', 'http://h/own'],
    ]);
  });

  it('says what a good answer is in one form or another', () => {
    const { endpoints } = app("{ url: http://h, endpoints: [{ path: /a, status: 204 }, { path: /b, status: 2XX }, { path: /c, status: [200, '404', 3xx] }] }");
    expect(endpoints.map(({ status }) => status)).toEqual([[204], ['2xx'], [200, 404, '3xx']]);
  });

  it('says the limits it knows, and leaves the others to the detectors', () => {
    expect(app('{ limits: { latency: 1500ms, memory: 1.5GB, restarts: 4 } }').limits).toEqual({
      latencyMs: 1_500, latencyRatio: null, memoryBytes: 1_610_612_736, restarts: { count: 4, withinMs: 300_000 },
    });
  });

  it('has a ladder of its own for a kind of incident', () => {
    expect(app('{ runbook: { hang: [pm2.restart, { repair: release.rollback, args: { deep: true } }] } }').runbook).toEqual({
      hang: [{ repair: 'pm2.restart', args: {} }, { repair: 'release.rollback', args: { deep: true } }],
    });
  });
});

describe('liveness', () => {
  const endpoints = "endpoints: [{ path: /order, method: POST }, { path: /health, status: 204, body: ok, headers: { x-key: a } }, /other]";

  it('asks the first endpoint that is no POST, as that one is asked', () => {
    expect(app(`{ url: http://h, ${endpoints} }`).liveness).toEqual({
      url: 'http://h/health', method: 'GET', status: [204], body: 'ok', headers: { 'x-key': 'a' }, timeoutMs: 2_000, samples: 1,
    });
  });

  it('asks another path when told, and waits no longer than until the next time', () => {
    const { liveness, everyMs } = app(`{ url: http://h, ${endpoints}, liveness: { path: /alive, every: 1s } }`);
    expect(liveness).toEqual({ url: 'http://h/alive', method: 'GET', status: ['2xx'], body: null, headers: {}, timeoutMs: 1_000, samples: 1 });
    expect(everyMs).toBe(1_000);
  });

  it('is a path alone', () => {
    expect(app('{ url: http://h, liveness: /alive }').liveness?.url).toBe('http://h/alive');
  });

  it('is turned off', () => {
    expect(app('{ url: http://h, liveness: false }')).toMatchObject({ liveness: null, everyMs: 30_000 });
  });

  it('is not there where every endpoint is a POST', () => {
    expect(app('{ url: http://h, endpoints: [{ path: /order, method: POST }] }').liveness).toBeNull();
  });
});

it('a dependency is an address alone', () => {
  expect(configFor('apps: { shop: { uses: payments } }\ndependencies: { payments: https://pay.example/health }').dependencies).toEqual([
    { name: 'payments', url: 'https://pay.example/health', everyMs: 30_000, method: 'GET', status: ['2xx'], body: null, timeoutMs: 2_000, samples: 1, headers: {} },
  ]);
});

it('a rule without a name is called by what it says', () => {
  expect(configFor('policy: { rules: [{ repair: pm2.*, rung: suggest }] }').policy.rules).toEqual([
    {
      name: 'suggest pm2.* on *', repair: 'pm2.*', target: '*', rung: 'suggest', approvers: 1, role: 'approver', requesterMayApprove: true, windows: [], when: null,
      maxTargets: null, maxAttempts: null, backoff: null, dryRun: false,
    },
  ]);
});

it('repairs are not checked by a process that cannot see them', () => {
  const file = { policy: { rules: [{ repair: 'host.reboot', rung: 'ask' }] }, apps: { shop: { runbook: { hang: ['host.reboot'] } } } };
  expect(configSchema({ ...units, repairs: [] }).safeParse(file).success).toBe(true);
  expect(configSchema(units).safeParse(file).error?.issues).toHaveLength(2);
});

it('accounts are text, however they are written', () => {
  expect(configFor('people: [{ name: Ann, role: approver, terminal: ann, slack: U1AB, telegram: 123456789 }]').people).toEqual([
    { name: 'Ann', role: 'approver', accounts: [{ platform: 'terminal', userId: 'ann' }, { platform: 'slack', userId: 'U1AB' }, { platform: 'telegram', userId: '123456789' }] },
  ]);
});

describe('names of the environment in values', () => {
  const host = (text: string, env: Record<string, string> = {}, dotEnv?: string): string => configFor(`heartbeat: '${text}'`, { env, ...(dotEnv === undefined ? {} : { dotEnv }) }).heartbeatUrl ?? '';

  it('stand for their values, the process before the file', () => {
    expect(host('http://${A}.${B}/', { A: 'a' }, 'A=x\nB=b')).toBe('http://a.b/');
  });

  it('have defaults for what is not set or empty', () => {
    expect(host('http://${A:-a}/${B:-}', { A: '' })).toBe('http://a/');
  });

  it('are not looked for a second time in what they stand for', () => {
    expect(host('http://h/${A}', { A: '${B}', B: 'b' })).toBe('http://h/${B}');
  });

  it('are plain text after a second dollar', () => {
    expect(host('http://h/$${A}', { A: 'a' })).toBe('http://h/${A}');
  });

  it('cannot add keys, because they come in after the YAML was read', () => {
    expect(configFor('people: [{ name: "${A}", role: viewer }]', { env: { A: 'x, role: approver' } }).people[0]).toMatchObject({ name: 'x, role: approver', role: 'viewer' });
  });
});

it('aliases stand for what they name', () => {
  expect(configFor('apps:\n  a: { url: http://a, limits: &l { latency: 1s } }\n  b: { url: http://b, limits: *l }').apps.map(({ limits }) => limits.latencyMs)).toEqual([1_000, 1_000]);
});
