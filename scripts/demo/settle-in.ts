import type { CliIo } from '../../src/cli/cli-io.js';
import { releaseName } from '../../src/domain/release.js';
import { checksOf } from '../../src/store/checks.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { personNamed } from '../../src/store/people.js';
import { getRelease } from '../../src/store/releases.js';
import { putRequest, requestStatus } from '../../src/store/requests.js';
import { listResources } from '../../src/store/resources.js';
import { recentSamples } from '../../src/store/samples.js';
import { until } from '../until.js';
import type { Scene } from './scene.js';

const WELL_WITHIN = { withinMs: 30_000, everyMs: 100 };
const GOOD_SAMPLES = 5;

/**
 * Waits for the first good readings, and vouches for the release as a person would: a rollback may go to it. Returns the
 * release's name.
 */
export async function settleIn({ store, monitor }: Scene, io: Pick<CliIo, 'user' | 'clock'>): Promise<string> {
  const { hostId } = monitor.ctx;
  const app = (await listResources(store.db, hostId)).find((resource) => resource.kind === 'app');
  const person = await personNamed(store.db, hostId, io.user);
  if (!app || !person) throw new Error('the demo has lost its own app');
  const launch = await until('the shop is watched', () => openLaunchOf(store.db, app.id), WELL_WITHIN);
  const request = { resourceId: app.id, verb: 'restore-point', args: { app: app.name, reason: 'the demo begins with it' }, personId: person.id, via: 'terminal', key: 'demo:restore-point' } as const;
  const id = await store.write((tx) => putRequest(tx, hostId, request, io.clock.now()));
  monitor.loop.poke();
  await until('the restore point is set', async () => (await requestStatus(store.db, id)).result?.ok === true, WELL_WITHIN);
  for (const check of (await checksOf(store.db, app.id)).filter(({ cadence }) => cadence === 'tick')) {
    await until(`${check.name} is good`, async () => (await recentSamples(store.db, check.id, 0, 50)).filter(({ verdict }) => verdict === 'good').length >= GOOD_SAMPLES, WELL_WITHIN);
  }
  return releaseName(await getRelease(store.db, launch.releaseId));
}
