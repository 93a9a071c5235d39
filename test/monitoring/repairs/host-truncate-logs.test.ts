import { appendFile, lstat, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostTruncateLogs } from '../../../monitoring/repairs/host-truncate-logs.js';
import type { Step } from '../../../monitoring/repairs/repair.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { repairContract } from '../../contracts/repair.js';
import { hostWorld, type HostWorld } from '../../doubles/host-world.js';
import { listed } from '../../doubles/pm2-list.js';
import { NO_MOUNT, smallDisk } from '../../doubles/small-disk.js';

const OVER = 10_000;
const LOG = 'pm2/logs/shop-out.log';
const LINES = Array.from({ length: 3_000 }, (_, n) => `line ${n}\n`).join('');

async function withLog(place?: string): Promise<HostWorld> {
  const world = await hostWorld(() => ({ processes: ['shop'], truncate: { overBytes: OVER, keepBytes: 100 } }), (dir) => [
    listed({ outLog: join(dir, LOG), errLog: join(dir, 'pm2/logs/shop-error.log') }),
    listed({ name: 'not-ours', outLog: join(dir, 'pm2/logs/not-ours.log') }),
  ], place);
  await world.old(LOG, LINES, 0);
  await world.old('pm2/logs/shop-error.log', 'small', 0);
  await world.old('pm2/logs/not-ours.log', LINES, 0);
  return world;
}

repairContract({
  repair: hostTruncateLogs,
  open: () => withLog(),
  refused: {
    'where nobody allowed it': async ({ target }) => ({ target: { ...target, options: { ...target.options, truncate: null } } }),
    'where no log is that large': async ({ target }) => ({ target: { ...target, options: { ...target.options, truncate: { overBytes: 1e9, keepBytes: 1 } } } }),
    'logs of apps it was not given': async ({ target }) => ({ target: { ...target, options: { ...target.options, processes: ['other'] } } }),
    'a log that is a symlink': async ({ dir }) => {
      await rename(join(dir, LOG), join(dir, 'elsewhere'));
      await symlink(join(dir, 'elsewhere'), join(dir, LOG));
    },
    'where PM2 does not answer': async ({ io }) => ({ io: { ...io, pm2: { ...io.pm2, list: async () => Promise.reject(new HypercareError('pm2.dead', 'transient', 'no PM2 daemon answers')) } } }),
  },
});

async function prepared(world: HostWorld): Promise<{ readonly plan: Prepared; readonly step: Step }> {
  const plan = await hostTruncateLogs.prepare(world.target, {}, world.io, AbortSignal.timeout(5_000));
  if ('refused' in plan) throw new Error(plan.refused);
  return { plan, step: hostTruncateLogs.steps(world.target, {}, plan)[0] as Step };
}

async function opened(): Promise<HostWorld> {
  const world = await withLog();
  onTestFinished(() => world.close());
  return world;
}

const act = async (world: HostWorld, { plan, step }: Awaited<ReturnType<typeof prepared>>): Promise<unknown> => step.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000));

describe('emptying', () => {
  it('keeps the end beside it, and who appends writes on from the beginning', async () => {
    const world = await opened();
    const one = await prepared(world);
    expect(one.plan.does.map(({ does }) => does.replaceAll(world.dir, ''))).toEqual([`keep the last 0.0 MiB of /${LOG} as shop-out.log.kept, where there is room, and empty it`]);
    const inode = (await lstat(join(world.dir, LOG))).ino;
    expect(await act(world, one)).toMatchObject({ bytes: LINES.length, kept: true });
    await appendFile(join(world.dir, LOG), 'next\n');
    expect(await world.files()).toEqual({ [LOG]: 'next\n', [`${LOG}.kept`]: LINES.slice(-100), 'pm2/logs/shop-error.log': 'small', 'pm2/logs/not-ours.log': `${LINES.length} bytes` });
    expect((await lstat(join(world.dir, LOG))).ino).toBe(inode);
  });

  it('touches nothing where the log was rotated meanwhile, or is a symlink by now', async () => {
    const world = await opened();
    const one = await prepared(world);
    await rename(join(world.dir, LOG), join(world.dir, 'rotated'));
    await writeFile(join(world.dir, LOG), LINES);
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('after');
    await expect(act(world, one)).rejects.toThrow(/is another file by now/);
    await rm(join(world.dir, LOG));
    await symlink(join(world.dir, 'rotated'), join(world.dir, LOG));
    await expect(act(world, one)).rejects.toThrow();
    expect(await readFile(join(world.dir, 'rotated'), 'utf8')).toBe(LINES);
  });

  it('takes over what a kept end of before was, and follows no symlink in its place', async () => {
    const world = await opened();
    const one = await prepared(world);
    await world.old('precious', 'precious', 0);
    await symlink(join(world.dir, 'precious'), join(world.dir, `${LOG}.kept`));
    await act(world, one);
    expect(await world.files()).toMatchObject({ precious: 'precious', [`${LOG}.kept`]: LINES.slice(-100) });
  });
});

it.skipIf(NO_MOUNT !== null)('on a full disk the end is kept once there is room for it', async () => {
  const disk = await smallDisk(4);
  onTestFinished(() => disk.remove());
  const world = await withLog(disk.dir);
  await disk.fill(0);
  expect(await act(world, await prepared(world))).toMatchObject({ kept: true });
  expect(await world.files()).toMatchObject({ [LOG]: '', [`${LOG}.kept`]: LINES.slice(-100) });
});
