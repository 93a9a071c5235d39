/** A real Alertmanager on loopback, where Debian's package `prometheus-alertmanager` is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/free-port.js';
import { until } from './pm2-home.js';

const PROGRAM = 'prometheus-alertmanager';
export const noAlertmanager = spawnSync(PROGRAM, ['--version']).status !== 0;

export interface Alertmanager {
  /** Fires for so long; 0: it is over. */
  alert(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>, forMs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startAlertmanager(webhook: string, token: string): Promise<Alertmanager> {
  const dir = await mkdtemp(join(tmpdir(), 'hc-alertmanager-'));
  const port = await freePort();
  await writeFile(join(dir, 'am.yml'), `route: { receiver: hypercare, group_wait: 200ms, group_interval: 1s, repeat_interval: 1m, group_by: [alertname] }\nreceivers: [{ name: hypercare, webhook_configs: [{ url: "${webhook}", send_resolved: true, http_config: { authorization: { credentials: "${token}" } } }] }]\n`);
  const child = spawn(PROGRAM, [`--config.file=${join(dir, 'am.yml')}`, `--storage.path=${join(dir, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='], { stdio: 'ignore' });
  const gone = new Promise((done) => child.once('exit', done));
  const url = `http://127.0.0.1:${port}`;
  await until('Alertmanager to be ready', () => fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false), 30_000);
  return {
    async alert(labels, annotations, forMs) {
      const [now, startsAt] = [Date.now(), new Date(Date.now() - 60_000).toISOString()];
      const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify([{ labels, annotations, startsAt, endsAt: new Date(now + forMs).toISOString() }]) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async stop() {
      child.kill('SIGTERM');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
