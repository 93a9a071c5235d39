import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { daemonRuns, listPm2, parseList } from '../../scripts/pm2-cli.js';

const home = mkdtempSync(join(tmpdir(), 'hypercare-pm2-'));
afterAll(() => rmSync(home, { recursive: true }));

it('asking a home without a daemon lists nothing, and starts none', async () => {
  expect(await listPm2(home)).toEqual([]);
  expect(daemonRuns(home)).toBe(false);
  writeFileSync(join(home, 'pm2.pid'), '4194304999');
  expect(daemonRuns(home)).toBe(false);
});

it("the list is found between PM2's other lines, and only a few fields of it are taken", () => {
  const raw = { pid: 7, name: 'api', pm_id: 3, pm2_env: { status: 'online', pm_exec_path: '/app/server.js', pm_uptime: 5, restart_time: 2, pm_out_log_path: '/l/api-out.log', TOKEN: 'secret', HYPERCARE_CONFIG: '/c.yaml' } };
  const printed = `[PM2] Spawning PM2 daemon\n>>>> In-memory PM2 is out-of-date\n${JSON.stringify([raw])}\n[PM2] done\n`;
  expect(parseList(printed)).toEqual([{ pmId: 3, name: 'api', pid: 7, status: 'online', script: '/app/server.js', startedAt: 5, restarts: 2, log: '/l/api-out.log', paths: { HYPERCARE_CONFIG: '/c.yaml' } }]);
});

it('no list at all is an error, and not an empty list', () => {
  expect(() => parseList('[PM2] Spawning PM2 daemon\n')).toThrow('no list');
});
