import { lstat, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostCompressLogs, isRotated } from '../../../monitoring/repairs/host-compress-logs.js';
import type { Step } from '../../../monitoring/repairs/repair.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { repairContract } from '../../contracts/repair.js';
import { DAY_MS, hostWorld, type HostWorld } from '../../doubles/host-world.js';
import { listed } from '../../doubles/pm2-list.js';
import { NO_MOUNT, smallDisk } from '../../doubles/small-disk.js';

const LINES = 'GET /checkout 200 in 12 ms\n'.repeat(4_000);
const compress = (dir: string) => ({ compress: [{ dir: join(dir, 'pm2/logs'), olderThanMs: DAY_MS }] });

async function withLogs(): Promise<HostWorld> {
  const world = await hostWorld(compress, (dir) => [listed({ outLog: join(dir, 'pm2/logs/shop-out.log'), errLog: null })]);
  await world.old('pm2/logs/shop-out.log', LINES, 0);
  await world.old('pm2/logs/shop-out__2026-11-01_00-00-00.log', LINES);
  await world.old('pm2/logs/deep/access.log.1', LINES);
  return world;
}

repairContract({
  repair: hostCompressLogs,
  open: withLogs,
  refused: {
    'where nobody listed a directory': async ({ target }) => ({ target: { ...target, options: { ...target.options, compress: [] } } }),
    'what is all too young': async ({ target, dir }) => ({ target: { ...target, options: { ...target.options, compress: [{ dir: join(dir, 'pm2/logs'), olderThanMs: 90 * DAY_MS }] } } }),
    'a directory that is not there': async ({ target, dir }) => ({ target: { ...target, options: { ...target.options, compress: [{ dir: join(dir, 'gone'), olderThanMs: DAY_MS }] } } }),
    'what else is PM2’s': async ({ target, dir }) => ({ target: { ...target, options: { ...target.options, compress: [{ dir: join(dir, 'pm2'), olderThanMs: DAY_MS }] } } }),
    'what PM2 runs an app from': async ({ target, dir, io, old }) => {
      await old('blog/app.log.1', LINES);
      return { target: { ...target, options: { ...target.options, compress: [{ dir: join(dir, 'blog'), olderThanMs: DAY_MS }] } }, io: { ...io, pm2: { ...io.pm2, list: async () => [listed({ cwd: join(dir, 'blog') })] } } };
    },
  },
});

it.each([['app.log.1', true], ['app.log-20261122', true], ['app-out__2026-11-22_00-00-00.log', true], ['app-2026-11-22.log', true], ['app.log', false], ['app-out-0.log', false], ['app.log.1.gz', false], ['dump.pm2', false]])('%s is rotated: %s', (name, rotated) => {
  expect(isRotated(name)).toBe(rotated);
});

async function opened(): Promise<HostWorld> {
  const world = await withLogs();
  onTestFinished(() => world.close());
  return world;
}

async function prepared(world: HostWorld): Promise<{ readonly plan: Prepared; readonly step: Step }> {
  const plan = await hostCompressLogs.prepare(world.target, {}, world.io, AbortSignal.timeout(5_000));
  if ('refused' in plan) throw new Error(plan.refused);
  return { plan, step: hostCompressLogs.steps(world.target, {}, plan)[0] as Step };
}

const act = async (world: HostWorld, { plan, step }: Awaited<ReturnType<typeof prepared>>): Promise<unknown> => step.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000));

describe('packing', () => {
  it('keeps every byte, the rights and the time, leaves the live log, and says what it did', async () => {
    const world = await opened();
    const one = await prepared(world);
    expect(one.plan.notes.join().replace(world.dir, '')).toMatch(/^\/pm2\/logs: 2 files of 0\.2 MiB, among them deep\/access\.log\.1, shop-out__/);
    const before = await lstat(join(world.dir, 'pm2/logs/deep/access.log.1'));
    expect(await act(world, one)).toMatchObject({ files: 2, skipped: 0, said: expect.stringMatching(/^packed 2 logs of 0\.2 MiB below .*, and 0\.2 MiB more is free$/) });
    expect(Object.keys(await world.files())).toEqual(['pm2/logs/deep/access.log.1.gz', 'pm2/logs/shop-out.log', 'pm2/logs/shop-out__2026-11-01_00-00-00.log.gz']);
    const packed = join(world.dir, 'pm2/logs/deep/access.log.1.gz');
    expect(gunzipSync(await readFile(packed)).toString()).toBe(LINES);
    expect((await lstat(packed)).mode).toBe(before.mode);
    expect(Math.round((await lstat(packed)).mtimeMs / 1_000)).toBe(Math.round(before.mtimeMs / 1_000));
  });

  it('leaves a log alone that is open, and one that somebody writes to while it is packed', async () => {
    const world = await opened();
    const one = await prepared(world);
    const handle = await open(join(world.dir, 'pm2/logs/deep/access.log.1'), 'a');
    onTestFinished(() => handle.close());
    await act(world, one);
    expect(Object.keys(await world.files())).toContain('pm2/logs/deep/access.log.1');
  });

  it('finishes what was ended after it was packed and before the original went', async () => {
    const world = await opened();
    const one = await prepared(world);
    await writeFile(join(world.dir, 'pm2/logs/deep/access.log.1.gz'), gzipSync(LINES));
    await writeFile(join(world.dir, 'pm2/logs/.shop-out__2026-11-01_00-00-00.log.gz.hypercare'), 'half');
    await act(world, one);
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('after');
    expect(Object.keys(await world.files())).toEqual(['pm2/logs/deep/access.log.1.gz', 'pm2/logs/shop-out.log', 'pm2/logs/shop-out__2026-11-01_00-00-00.log.gz']);
  });

  it('overwrites nothing: a packed file of that name that holds something else stays, and so does the log', async () => {
    const world = await opened();
    const one = await prepared(world);
    await writeFile(join(world.dir, 'pm2/logs/deep/access.log.1.gz'), gzipSync('another'));
    expect(await act(world, one)).toMatchObject({ files: 1, skipped: 1 });
    expect(await world.files()).toMatchObject({ 'pm2/logs/deep/access.log.1': `${LINES.length} bytes` });
  });

  it('is not led astray by a symlink', async () => {
    const world = await opened();
    await world.old('precious/access.log.2', LINES);
    await symlink(join(world.dir, 'precious'), join(world.dir, 'pm2/logs/linked'));
    await symlink(join(world.dir, 'precious/access.log.2'), join(world.dir, 'pm2/logs/access.log.3'));
    await act(world, await prepared(world));
    expect(await world.files()).toMatchObject({ 'precious/access.log.2': `${LINES.length} bytes` });
  });

  it('leaves what becomes no smaller, and fails where nothing does', async () => {
    const world = await hostWorld(compress);
    onTestFinished(() => world.close());
    const random = Buffer.from(Array.from({ length: 9_000 }, (_, n) => (n * n * 31 + ((n * 7_919) % 257)) % 256));
    await world.old('pm2/logs/app.log.1', gzipSync(gzipSync(random)));
    await world.old('pm2/logs/app.log.2', 'small');
    const plan = await hostCompressLogs.prepare(world.target, {}, world.io, AbortSignal.timeout(5_000));
    if (!('refused' in plan)) await expect(hostCompressLogs.steps(world.target, {}, plan)[0]?.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000))).rejects.toThrow(/do not become smaller/);
    expect(Object.keys(await world.files())).toEqual(['pm2/logs/app.log.1', 'pm2/logs/app.log.2']);
  });
});

it.skipIf(NO_MOUNT !== null)('a disk without room for the packed file keeps its logs, and the step says so', async () => {
  const disk = await smallDisk(4);
  onTestFinished(() => disk.remove());
  const world = await hostWorld(compress, () => [], disk.dir);
  await world.old('pm2/logs/app.log.1', LINES);
  await disk.fill(8_192);
  await expect(act(world, await prepared(world))).rejects.toThrow(/there is no room beside them/);
  expect(await world.files()).toEqual({ 'pm2/logs/app.log.1': `${LINES.length} bytes` });
});
