import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { afterReboot } from '../../../../src/cli/doctor/after-reboot.js';
import { clock } from '../../../../src/cli/doctor/clock.js';
import { configuration } from '../../../../src/cli/doctor/configuration.js';
import { disk } from '../../../../src/cli/doctor/disk.js';
import { envDrift } from '../../../../src/cli/doctor/env-drift.js';
import type { Examination, Machine } from '../../../../src/cli/doctor/examination.js';
import { hiddenCrashes } from '../../../../src/cli/doctor/hidden-crashes.js';
import { examinations } from '../../../../src/cli/doctor/index.js';
import { linkedReleases } from '../../../../src/cli/doctor/linked-releases.js';
import { logs } from '../../../../src/cli/doctor/logs.js';
import { nodeVersion } from '../../../../src/cli/doctor/node-version.js';
import { pm2Daemon } from '../../../../src/cli/doctor/pm2-daemon.js';
import { loadConfig } from '../../../../src/config/load.js';
import type { Pm2Process } from '../../../../src/io/pm2.js';
import { toProcess } from '../../../../src/io/pm2-process.js';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;

let root: string;

beforeEach(() => (root = realpathSync(mkdtempSync(join(tmpdir(), 'hc-doctor-')))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (path: string, text = '') => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const process = (over: Readonly<Record<string, unknown>> = {}): Pm2Process =>
  toProcess({ pid: 0, pm2_env: { name: 'shop', pm_id: 0, status: 'online', pm_uptime: NOW - 60 * MINUTE, restart_time: 0, pm_cwd: root, node_version: '24.1.0', ...over }, monit: {} }) as Pm2Process;
const machine = (over: Partial<Machine> = {}): Machine =>
  ({ now: NOW, user: 'ann', pm2Home: join(root, '.pm2'), pm2: { own: 0, processes: [process()] }, config: null, dataDir: join(root, 'data'), root, ...over });
const said = async (one: Examination, over: Partial<Machine> = {}) => (await one.examine(machine(over))).map(({ state, says }) => `${state}: ${says}`);

describe('crashes', () => {
  it('are many starts of a process that is online and young', async () => {
    expect(await said(hiddenCrashes, { pm2: { own: 0, processes: [process({ restart_time: 40, pm_uptime: NOW - 5_000 })] } })).toEqual(['warn: shop (0) is “online”, and was started 40 times, the last 5 s ago']);
  });

  it.each([
    ['many deploys of one that has run since', { restart_time: 40 }],
    ['a young one after few starts', { restart_time: 3, pm_uptime: NOW - 5_000 }],
  ])('are not %s', async (_, over) => {
    expect(await said(hiddenCrashes, { pm2: { own: 0, processes: [process(over)] } })).toEqual(['ok: no process that PM2 calls online was started again and again']);
  });
});

describe('PM2', () => {
  it('says how many of its processes are hypercare’s own, so that the number is the one of PM2’s list', async () => {
    expect((await said(pm2Daemon, { pm2: { own: 2, processes: [process(), process()] } }))[0]).toMatch(/^ok: runs 4 processes, 2 of them hypercare's own, in /);
    expect((await said(pm2Daemon))[0]).toMatch(/^ok: runs 1 process in /);
  });

  it('that gave up on a process is told', async () => {
    expect((await said(pm2Daemon, { pm2: { own: 0, processes: [process({ status: 'errored' })] } }))[1]).toBe('fail: shop: PM2 gave up, or is about to start it anew');
  });

  it('that does not answer is told', async () => {
    expect(await said(pm2Daemon, { pm2: { silent: 'no PM2 runs' } })).toEqual(['fail: no PM2 runs']);
  });
});

describe('after a reboot', () => {
  it('nothing runs without a unit, and what is not saved does not come back', async () => {
    file('.pm2/dump.pm2', '[{"name":"web"}]');
    expect(await said(afterReboot)).toEqual(['warn: nothing starts PM2 with the machine: after a reboot no app runs', 'warn: PM2 would not bring back shop: it is not in its saved list']);
  });

  it.each(['etc/systemd/system/pm2-ann.service', 'etc/init.d/pm2-root'])('all runs with %s and a saved list', async (unit) => {
    file(unit);
    file('.pm2/dump.pm2', '[{"name":"shop"}]');
    expect(await said(afterReboot)).toEqual(['ok: PM2 is started with the machine', 'ok: what PM2 runs is saved']);
  });

  it('a saved list that is broken brings nothing back', async () => {
    file('.pm2/dump.pm2', '[{"na');
    expect((await said(afterReboot))[1]).toContain('would not bring back shop');
  });
});

describe('logs', () => {
  it('are rotated by PM2’s module or by logrotate, or by nobody', async () => {
    file('.pm2/logs/shop-out.log', 'x'.repeat(2_000_000));
    expect((await said(logs))[0]).toMatch(/^warn: PM2's logs take up 1\.9 MiB, and nothing rotates them$/);
    file('etc/logrotate.d/pm2-ann');
    expect((await said(logs))[0]).toMatch(/^ok: .* rotated$/);
  });
});

describe('releases', () => {
  it('are not followed by an app that was started inside one', async () => {
    mkdirSync(join(root, 'releases', 'a'), { recursive: true });
    symlinkSync(join(root, 'releases', 'a'), join(root, 'current'));
    const inside = process({ pm_cwd: join(root, 'releases', 'a') });
    const through = process({ name: 'web', pm_cwd: join(root, 'current') });
    expect(await said(linkedReleases, { pm2: { own: 0, processes: [inside, through] } })).toEqual([expect.stringContaining('warn: PM2 starts shop in') as string]);
  });
});

describe('settings', () => {
  it('say nothing of a process whose environment cannot be seen', async () => {
    expect(await said(envDrift)).toEqual([]);
  });
});

describe('the clock', () => {
  it('is kept by systemd, by a daemon, or by nobody', async () => {
    expect(await said(clock)).toEqual(['warn: nothing here keeps it right']);
    file('proc/12/comm', 'chronyd\n');
    expect(await said(clock)).toEqual(['ok: is kept right by chronyd']);
    file('run/systemd/timesync/synchronized');
    expect(await said(clock)).toEqual(['ok: is kept right by the network']);
  });
});

describe('the disk', () => {
  it('of a data directory that is not there yet is that of the one above it', async () => {
    expect((await said(disk)).at(0)).toMatch(/^(ok|warn|fail): .* left where .*data is$/);
  });

  it('is no use where nothing can be kept', async () => {
    file('data');
    expect((await said(disk))[0]).toMatch(/^fail: what is remembered cannot be kept: .* is no directory/);
  });
});

describe('Node.js', () => {
  it('that gets no fixes any more is told with who runs on it', async () => {
    expect(await said(nodeVersion, { pm2: { own: 0, processes: [process({ node_version: '18.20.0' })] } })).toContain('warn: 18.20.0 (shop) gets no security fixes since 2025-04-30');
  });
});

describe('the configuration', () => {
  const loaded = (yaml: string) => {
    file('hypercare.yaml', yaml);
    return loadConfig({ file: join(root, 'hypercare.yaml'), envFile: join(root, '.env'), env: {}, home: root, units: { channels: {}, repairs: [], incidents: [] } });
  };

  it('is missing, wrong, or right with nobody told', async () => {
    expect(await said(configuration)).toEqual(['warn: there is none: nothing of yours is watched']);
    expect((await said(configuration, { config: loaded('aps: {}\n') }))[0]).toMatch(/^fail: has a mistake: .*hypercare\.yaml:1:1/);
    expect(await said(configuration, { config: loaded('apps: { shop: }\n') })).toEqual(['ok: names 1 app', 'warn: people are told in the log alone']);
  });
});

it('every examination is in the list, under a name of its own', () => {
  const all = [afterReboot, clock, configuration, disk, envDrift, hiddenCrashes, linkedReleases, logs, nodeVersion, pm2Daemon];
  expect(new Set(examinations)).toEqual(new Set(all));
  expect(new Set(examinations.map(({ name }) => name)).size).toBe(all.length);
});
