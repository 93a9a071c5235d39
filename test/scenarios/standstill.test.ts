import { describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { faultyApp, until } from '../doubles/pm2-home.js';
import { watchedHome } from './watched-home.js';
import type { Watch } from './watch.js';

const home = watchedHome();

async function begin(name: string): Promise<{ readonly watch: Watch; workers(): Promise<readonly number[]> }> {
  const app = await home.pm2.startApp({ name, cluster: 2, code: faultyApp });
  const watch = await home.watch(`apps:
  ${name}:
    url: ${app.url}
    endpoints: [{ path: /, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy:
  default: act-and-tell
`);
  await watch.steady();
  return { watch, workers: async () => (await watch.monitor.ctx.io.pm2.list()).filter((one) => one.name === name && one.status === 'online').map(({ pid }) => pid) };
}

const lives = (pid: number) => readFile(`/proc/${pid}/stat`).then(() => true, () => false);

describe('one worker of two that is stopped by a signal', () => {
  it('is told though the other answers everything, and is replaced', { timeout: 90_000 }, async () => {
    const { watch, workers } = await begin('halved');
    const [frozen] = await workers();
    process.kill(frozen as number, 'SIGSTOP');
    const incident = await watch.incident('resolved');
    expect(incident).toMatchObject({ kind: 'standstill', title: `1 of 2 processes of halved stands still (pid ${frozen} is stopped by a signal)` });
    const ours = (await actsOn(watch.store.db, watch.app.id, 0)).filter(({ by }) => by === 'us').map(({ note }) => note);
    expect(ours).toEqual(['pm2.reload']);
    expect(await lives(frozen as number)).toBe(false);
    expect(await workers()).toHaveLength(2);
  });

  it('is mended too after a person has restarted the app: it is not what somebody stopped', { timeout: 90_000 }, async () => {
    const { watch, workers } = await begin('handled');
    await home.pm2.pm2('restart', 'handled');
    await until('the restart to be seen', async () => (await actsOn(watch.store.db, watch.app.id, 0)).some(({ by }) => by === 'person'));
    const [frozen] = await workers();
    process.kill(frozen as number, 'SIGSTOP');
    expect(await watch.incident('resolved')).toMatchObject({ kind: 'standstill', reason: expect.stringMatching(/^pm2\.reload/) });
    expect(await lives(frozen as number)).toBe(false);
    expect((await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 5)).some(({ state }) => state === 'escalated')).toBe(false);
  });
});
