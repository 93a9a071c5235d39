import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { hostCleanDisk } from '../../../monitoring/repairs/host-clean-disk.js';
import { hostCompressLogs } from '../../../monitoring/repairs/host-compress-logs.js';
import type { Repair, Step } from '../../../monitoring/repairs/repair.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { DAY_MS, hostWorld, type HostWorld } from '../../doubles/host-world.js';
import { until } from '../../doubles/pm2-home.js';

const FILES = 400;
const LINES = 'GET /checkout 200 in 12 ms\n'.repeat(2_000);

let compiled: Compiled;

beforeAll(async () => {
  compiled = await compile('monitoring/repairs/host-clean-disk.ts', 'monitoring/repairs/host-compress-logs.ts', 'src/io/clock.ts');
}, 60_000);
afterAll(() => compiled.remove());

/** Does the step in a process of its own, and ends that with kill -9 once the directory shows that it is in the middle. */
async function killInTheMiddle(world: HostWorld, { repair, file, plan }: { readonly repair: Repair<Record<string, never>>; readonly file: string; readonly plan: Prepared }, isMiddle: () => Promise<boolean>): Promise<void> {
  const child = compiled.start(`
import { ${repair.kind === 'host.clean-disk' ? 'hostCleanDisk' : 'hostCompressLogs'} as repair } from './monitoring/repairs/${file}.js';
import { systemClock } from './src/io/clock.js';
const [target, plan, home] = ${JSON.stringify([world.target, plan, world.io.pm2.home])};
const [step] = repair.steps(target, {}, plan);
await step.act(plan.witness, {}, { clock: systemClock, pm2: { home, list: async () => [] } }, AbortSignal.timeout(60_000));
`);
  await until('the middle', isMiddle, 20_000);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function prepared(world: HostWorld, repair: Repair<Record<string, never>>): Promise<{ readonly plan: Prepared; readonly step: Step }> {
  const plan = await repair.prepare(world.target, {}, world.io, AbortSignal.timeout(10_000));
  if ('refused' in plan) throw new Error(plan.refused);
  return { plan, step: repair.steps(world.target, {}, plan)[0] as Step };
}

async function finish(world: HostWorld, { plan, step }: Awaited<ReturnType<typeof prepared>>): Promise<void> {
  expect(await step.state(plan.witness, {}, world.io)).toBe('before');
  await step.act(plan.witness, {}, world.io, AbortSignal.timeout(20_000));
  expect(await step.state(plan.witness, {}, world.io)).toBe('after');
}

it('cleaning that was ended by kill -9 in its middle is finished by the next life, and takes nothing else', async () => {
  const world = await hostWorld((dir) => ({ clean: [{ dir: join(dir, 'tmp'), match: '*.tmp', olderThanMs: DAY_MS }] }));
  onTestFinished(() => world.close());
  for (let n = 0; n < FILES; n += 1) await world.old(`tmp/${n}.tmp`, 'x');
  await world.old('tmp/keep', 'x');
  const one = await prepared(world, hostCleanDisk);
  const left = async (): Promise<number> => (await readdir(join(world.dir, 'tmp'))).length;
  await killInTheMiddle(world, { repair: hostCleanDisk, file: 'host-clean-disk', plan: one.plan }, async () => (await left()) < FILES - 5);
  expect(await left()).toBeGreaterThan(1);
  await finish(world, one);
  expect(await readdir(join(world.dir, 'tmp'))).toEqual(['keep']);
});

it('packing that was ended by kill -9 in its middle loses no line: each log is there, packed or as it was, and in the end packed', async () => {
  const world = await hostWorld((dir) => ({ compress: [{ dir: join(dir, 'pm2/logs'), olderThanMs: DAY_MS }] }));
  onTestFinished(() => world.close());
  for (let n = 0; n < 60; n += 1) await world.old(`pm2/logs/shop.log.${n}`, `${n} ${LINES}`);
  const logs = join(world.dir, 'pm2/logs');
  const one = await prepared(world, hostCompressLogs);
  await killInTheMiddle(world, { repair: hostCompressLogs, file: 'host-compress-logs', plan: one.plan }, async () => (await readdir(logs)).filter((name) => name.endsWith('.gz')).length > 3);
  const between = await readdir(logs);
  for (let n = 0; n < 60; n += 1) expect(between.includes(`shop.log.${n}`) || between.includes(`shop.log.${n}.gz`)).toBe(true);
  await finish(world, one);
  expect(await readdir(logs)).toHaveLength(60);
  for (let n = 0; n < 60; n += 1) expect(gunzipSync(await readFile(join(logs, `shop.log.${n}.gz`))).toString()).toBe(`${n} ${LINES}`);
});
