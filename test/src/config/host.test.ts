import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.js';
import { configFor, loadText } from './written.js';

const APP = 'apps: { shop: { url: "http://127.0.0.1:3100", pm2: [web, worker], release: { mode: in-place, dir: /srv/shop } } }\ndata_dir: /srv/data\npm2_home: /srv/pm2\n';

function optionsOf({ infrastructure }: Config): Readonly<Record<string, unknown>> {
  return infrastructure.find(({ kind }) => kind === 'host')?.options ?? {};
}

function problem(dir: string): string {
  const loaded = loadText(`${APP}host: { clean: [{ dir: "${dir}" }] }`);
  return loaded.ok ? '' : loaded.mistakes.map(({ message }) => message).join();
}

describe('host', () => {
  it('is watched with generous limits, and may remove, pack and empty nothing, where nothing is written', () => {
    expect(optionsOf(configFor(APP))).toMatchObject({
      everyMs: 60_000, diskPercent: 95, diskFreeBytes: 2 * 1_024 ** 3, dirs: ['/srv/data', '/srv/pm2', '/srv/shop'], logDirs: ['/srv/pm2/logs'],
      clean: [], compress: [], truncate: null, processes: ['web', 'worker'], own: ['/srv/data', '/srv/pm2'], releases: ['/srv/shop'],
    });
  });

  it('takes what may be removed, packed and emptied, and watches their disks', () => {
    const options = optionsOf(configFor(`${APP}host:
  disk: 90
  disks: [/mnt/uploads]
  clean: [{ dir: ~/tmp, older_than: 3d, match: "*.part" }]
  compress: [{ dir: /srv/pm2/logs }]
  truncate: { over: 200MB }`));
    expect(options).toMatchObject({ diskPercent: 90, compress: [{ dir: '/srv/pm2/logs', olderThanMs: 86_400_000 }], truncate: { overBytes: 200 * 1_048_576, keepBytes: 1_048_576 } });
    expect(options['clean']).toEqual([{ dir: expect.stringMatching(/^\/.*\/tmp$/), match: '*.part', olderThanMs: 3 * 86_400_000 }]);
    expect(options['dirs']).toContain('/mnt/uploads');
  });

  it('may be a target of rules by its name', () => {
    expect(loadText(`${APP}policy: { rules: [{ repair: "pm2.*", target: host, rung: ask }] }`).ok).toBe(true);
  });

  it.each(['/', '//', '/etc', '/etc/nginx', '/usr/local/tmp', '/var/lib/postgresql', '/proc/1', '/dev/shm/x', '/run/user/1000'])('removes nothing in the system: %s', (dir) => {
    expect(problem(dir)).toMatch(/system's own|root or a home/);
  });

  it.each(['~/', '/home', '/home/ann', '/home/ann/', '/root', '/srv', '/opt', '/var', '/var/log', '/mnt'])('removes nothing in a whole home, or where much else is: %s', (dir) => {
    expect(problem(dir)).toMatch(/root or a home|holds much else/);
  });

  it.each(['tmp', './tmp', '/srv/shop/../../etc', '/srv/./x'])('takes only absolute paths without detours: %s', (dir) => {
    expect(problem(dir)).toMatch(/absolute path|without \. and \.\./);
  });

  it.each(['/srv/shop/tmp', '/var/log/shop', '/tmp', '/home/ann/uploads', '~/uploads', '/var/tmp/x'])('takes %s', (dir) => {
    expect(problem(dir)).toBe('');
  });

  it('takes a file name to match, and no path, and nothing younger than an hour', () => {
    expect(loadText(`${APP}host: { clean: [{ dir: /srv/x, match: "a/b" }] }`).ok).toBe(false);
    expect(loadText(`${APP}host: { clean: [{ dir: /srv/x, older_than: 5m }] }`).ok).toBe(false);
  });
});
