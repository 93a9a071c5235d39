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

const FILES = 40;
const LINES = 'GET /checkout 200 in 12 ms\n'.repeat(2_000);

let compiled: Compiled;

beforeAll(async () => {
  compiled = await compile('monitoring/repairs/host-clean-disk.ts', 'monitoring/repairs/host-compress-logs.ts', 'src/io/clock.ts');
}, 60_000);
afterAll(() => compiled.remove());

/** Does the step in a process of its own, and ends that with kill -9 after so many files: each asks the clock once. */
async function killInTheMiddle(world: HostWorld, { kind, file, plan }: { readonly kind: string; readonly file: string; readonly plan: Prepared }, after: number): Promise<void> {
  const child = compiled.start(`
import { ${kind} as repair } from './monitoring/repairs/${file}.js';
import { systemClock } from './src/io/clock.js';
import { writeSync } from 'node:fs';
const [target, plan, home] = ${JSON.stringify([world.target, plan, world.io.pm2.home])};
const [step] = repair.steps(target, {}, plan);
let asked = 0;
function monotonic() {
  if ((asked += 1) > ${after}) {
    writeSync(1, 'middle');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  return systemClock.monotonic();
}
await step.act(plan.witness, {}, { clock: { ...systemClock, monotonic }, pm2: { home, list: async () => [] } }, AbortSignal.timeout(60_000));
`);
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
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
  await killInTheMiddle(world, { kind: 'hostCleanDisk', file: 'host-clean-disk', plan: one.plan }, 10);
  expect((await readdir(join(world.dir, 'tmp'))).length).toBe(FILES + 1 - 10);
  await finish(world, one);
  expect(await readdir(join(world.dir, 'tmp'))).toEqual(['keep']);
});

it('packing that was ended by kill -9 in its middle loses no line: each log is there, packed or as it was, and in the end packed', async () => {
  const world = await hostWorld((dir) => ({ compress: [{ dir: join(dir, 'pm2/logs'), olderThanMs: DAY_MS }] }));
  onTestFinished(() => world.close());
  for (let n = 0; n < FILES; n += 1) await world.old(`pm2/logs/shop.log.${n}`, `${n} ${LINES}`);
  const logs = join(world.dir, 'pm2/logs');
  const one = await prepared(world, hostCompressLogs);
  await killInTheMiddle(world, { kind: 'hostCompressLogs', file: 'host-compress-logs', plan: one.plan }, 5);
  const between = await readdir(logs);
  for (let n = 0; n < FILES; n += 1) expect(between.includes(`shop.log.${n}`) || between.includes(`shop.log.${n}.gz`)).toBe(true);
  await finish(world, one);
  expect(await readdir(logs)).toHaveLength(FILES);
  for (let n = 0; n < FILES; n += 1) expect(gunzipSync(await readFile(join(logs, `shop.log.${n}.gz`))).toString()).toBe(`${n} ${LINES}`);
});
