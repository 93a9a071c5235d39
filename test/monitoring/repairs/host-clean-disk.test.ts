import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { open, mkdir, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostCleanDisk } from '../../../monitoring/repairs/host-clean-disk.js';
import type { Step } from '../../../monitoring/repairs/repair.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { systemClock } from '../../../src/io/clock.js';
import { repairContract } from '../../contracts/repair.js';
import { DAY_MS, hostWorld, type HostWorld } from '../../doubles/host-world.js';
import { NO_MOUNT, smallDisk } from '../../doubles/small-disk.js';
import { listed } from '../../doubles/pm2-list.js';
import type { Pm2Process } from '../../../src/io/pm2.js';

const CLEAN = (dir: string) => ({ clean: [{ dir: join(dir, 'tmp'), match: '*.tmp', olderThanMs: 7 * DAY_MS }] });

async function withOldFiles(options = CLEAN): Promise<HostWorld> {
  const world = await hostWorld(options, (dir) => [listed({ outLog: join(dir, 'tmp/out.tmp') })]);
  await world.old('tmp/a.tmp', 'a');
  await world.old('tmp/below/b.tmp', 'b');
  await world.old('tmp/young.tmp', 'young', 1);
  await world.old('tmp/keep.txt', 'another name');
  return world;
}

repairContract({
  repair: hostCleanDisk,
  open: withOldFiles,
  refused: {
    'what nobody listed': async ({ target }) => ({ target: { ...target, options: { ...target.options, clean: [] } } }),
    'what is all too young': async ({ target, dir }) => ({ target: { ...target, options: { ...target.options, clean: [{ dir: join(dir, 'tmp'), match: '*.tmp', olderThanMs: 90 * DAY_MS }] } } }),
    'a directory that is not there': async ({ target, dir }) => ({ target: { ...target, options: { ...target.options, clean: [{ dir: join(dir, 'gone'), match: '*', olderThanMs: DAY_MS }] } } }),
    "hypercare's own data": async ({ target, dir, old }) => {
      await old('data/deep/old.tmp', '');
      return { target: { ...target, options: { ...target.options, clean: [{ dir: join(dir, 'data/deep'), match: '*', olderThanMs: DAY_MS }] } } };
    },
    "an app's code": async ({ target, dir, old }) => {
      await old('shop/releases/1/old.tmp', '');
      return { target: { ...target, options: { ...target.options, releases: [join(dir, 'shop')], clean: [{ dir: join(dir, 'shop/releases/1'), match: '*', olderThanMs: DAY_MS }] } } };
    },
    'a root that is a symlink': async ({ target, dir, old }) => {
      await old('elsewhere/old.tmp', '');
      await symlink(join(dir, 'elsewhere'), join(dir, 'link'));
      return { target: { ...target, options: { ...target.options, clean: [{ dir: join(dir, 'link'), match: '*', olderThanMs: DAY_MS }] } } };
    },
  },
});

async function opened(make: () => Promise<HostWorld> = withOldFiles): Promise<HostWorld> {
  const world = await make();
  onTestFinished(() => world.close());
  return world;
}

async function prepared(world: HostWorld): Promise<{ readonly plan: Prepared; readonly step: Step }> {
  const plan = await hostCleanDisk.prepare(world.target, {}, world.io, AbortSignal.timeout(5_000));
  if ('refused' in plan) throw new Error(plan.refused);
  return { plan, step: hostCleanDisk.steps(world.target, {}, plan)[0] as Step };
}

async function act(world: HostWorld, { plan, step }: Awaited<ReturnType<typeof prepared>>): Promise<unknown> {
  return step.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000));
}

describe('cleaning', () => {
  it('says how many files, how much and which before, and what it did after', async () => {
    const world = await opened();
    const one = await prepared(world);
    expect(one.plan.notes.join().replace(world.dir, '')).toBe('/tmp: 2 files of 0.0 MiB, among them a.tmp, below/b.tmp');
    expect(one.plan.does[0]?.does.replace(world.dir, '')).toBe('remove files below /tmp that fit *.tmp and were not written for 7 d');
    expect(await act(world, one)).toMatchObject({ files: 2 });
    expect(await world.files()).toEqual({ 'tmp/keep.txt': 'another name', 'tmp/young.tmp': 'young' });
  });

  it('leaves a file alone that a process has open, and says so', async () => {
    const world = await opened();
    const handle = await open(join(world.dir, 'tmp/a.tmp'));
    onTestFinished(() => handle.close());
    await rename(join(world.dir, 'tmp/a.tmp'), join(world.dir, 'tmp/renamed.tmp'));
    const one = await prepared(world);
    expect(one.plan.notes.join()).toContain('1 more left alone, in use or not ours');
    await act(world, one);
    expect(Object.keys(await world.files())).toContain('tmp/renamed.tmp');
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('after');
  });

  it('leaves a file alone that is opened after the plan was made', async () => {
    const world = await opened();
    const one = await prepared(world);
    const handle = await open(join(world.dir, 'tmp/a.tmp'));
    onTestFinished(() => handle.close());
    await act(world, one);
    expect(Object.keys(await world.files())).toContain('tmp/a.tmp');
  });

  it('leaves an old file alone that was put there a moment ago, as cp -p and tar do it', async () => {
    const world = await opened();
    await rm(join(world.dir, 'tmp/below'), { recursive: true });
    const moved = { ...world, io: { ...world.io, clock: systemClock } };
    await utimes(join(world.dir, 'tmp/a.tmp'), new Date(0), new Date(0));
    expect(await hostCleanDisk.prepare(world.target, {}, moved.io, AbortSignal.timeout(5_000))).toMatchObject({ refused: expect.stringContaining('no such file that is old enough') });
  });

  it("leaves PM2's logs alone, also those of an app that is down: they say why it is", async () => {
    const world = await opened();
    await world.old('tmp/out.tmp', 'why it crashed');
    await act(world, await prepared(world));
    expect(await world.files()).toMatchObject({ 'tmp/out.tmp': 'why it crashed' });
  });

  it('goes through no symlink, neither to a file nor to a directory, and removes none', async () => {
    const world = await opened();
    await world.old('precious/p.tmp', 'precious');
    await symlink(join(world.dir, 'precious'), join(world.dir, 'tmp/linked'));
    await symlink(join(world.dir, 'precious/p.tmp'), join(world.dir, 'tmp/p.tmp'));
    await act(world, await prepared(world));
    expect(Object.keys(await world.files())).toEqual(['precious/p.tmp', 'tmp/keep.txt', 'tmp/linked', 'tmp/p.tmp', 'tmp/young.tmp']);
  });

  it('is not led astray by a directory, or a file, that became a symlink since it was planned', async () => {
    const world = await opened();
    await world.old('precious/b.tmp', 'precious');
    const one = await prepared(world);
    await rename(join(world.dir, 'tmp/below'), join(world.dir, 'moved'));
    await symlink(join(world.dir, 'precious'), join(world.dir, 'tmp/below'));
    await unlink(join(world.dir, 'tmp/a.tmp'));
    await symlink(join(world.dir, 'precious/b.tmp'), join(world.dir, 'tmp/a.tmp'));
    await act(world, one);
    expect(await world.files()).toMatchObject({ 'precious/b.tmp': 'precious', 'moved/b.tmp': 'b' });
  });

  it('refuses at the act a root that became a symlink, and fails', async () => {
    const world = await opened();
    await world.old('precious/a.tmp', 'precious');
    const one = await prepared(world);
    await rename(join(world.dir, 'tmp'), join(world.dir, 'moved'));
    await symlink(join(world.dir, 'precious'), join(world.dir, 'tmp'));
    await expect(act(world, one)).rejects.toThrow(/is a symlink or no directory/);
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('before');
    expect(await world.files()).toMatchObject({ 'precious/a.tmp': 'precious' });
  });

  it('fails where the root vanished', async () => {
    const world = await opened();
    const one = await prepared(world);
    await rm(join(world.dir, 'tmp'), { recursive: true });
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('before');
    await expect(act(world, one)).rejects.toThrow(/is not there/);
  });

  it('leaves what was written after the plan was made', async () => {
    const world = await opened();
    const one = await prepared(world);
    await world.old('tmp/a.tmp', 'needed again', 0);
    await act(world, one);
    expect(await world.files()).toMatchObject({ 'tmp/a.tmp': 'needed again' });
  });

  it('passes over the code and the data that lie below a root', async () => {
    const world = await opened(() => hostWorld((dir) => ({ releases: [join(dir, 'shop')], clean: [{ dir, match: '*', olderThanMs: DAY_MS }] })));
    for (const path of ['shop/server.js', 'data/hypercare.db', 'pm2/dump.pm2', 'x/node_modules/m/index.js', 'x/.git/HEAD', 'x/old']) await world.old(path, '');
    const one = await prepared(world);
    await act(world, one);
    expect(Object.keys(await world.files())).not.toContain('x/old');
    expect(Object.keys(await world.files())).toHaveLength(5);
  });

  it.skipIf(NO_MOUNT !== null)('says where nothing could be removed: a locked file', async ({ skip }) => {
    const world = await opened();
    await rm(join(world.dir, 'tmp/below'), { recursive: true });
    const one = await prepared(world);
    try {
      execFileSync('chattr', ['+i', join(world.dir, 'tmp/a.tmp')], { stdio: 'ignore' });
    } catch {
      return skip('this file system locks no files');
    }
    onTestFinished(() => void execFileSync('chattr', ['-i', join(world.dir, 'tmp/a.tmp')]));
    await expect(act(world, one)).rejects.toThrow(/none of 1 file below .* could be removed/);
  });

  it('goes on where it was ended in the middle', async () => {
    const world = await opened();
    for (let n = 0; n < 40; n += 1) await world.old(`tmp/many-${n}.tmp`, 'x');
    const one = await prepared(world);
    const ending = new AbortController();
    let monotonic = 0;
    const counting = { ...world.io, clock: { ...world.io.clock, monotonic: () => (((monotonic += 1) === 10 && ending.abort()), world.io.clock.monotonic()) } };
    await expect(one.step.act(one.plan.witness, {}, counting, ending.signal)).rejects.toThrow();
    const half = Object.keys(await world.files()).length;
    expect(half).toBeGreaterThan(2);
    expect(half).toBeLessThan(44);
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('before');
    await act(world, one);
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('after');
  });
});

describe("the code of what PM2 runs, which the config does not name", () => {
  /** A watched app without `release:`, started by PM2 from its own directory. */
  async function withApp(root: string, fields: (dir: string) => Partial<Pm2Process> = (dir) => ({ cwd: join(dir, 'blog'), execPath: join(dir, 'blog/server.js') })): Promise<HostWorld> {
    return opened(async () => {
      const world = await hostWorld((dir) => ({ clean: [{ dir: join(dir, root), match: '*', olderThanMs: DAY_MS }] }), (dir) => [listed(fields(dir))]);
      for (const path of ['blog/server.js', 'blog/package.json', 'blog/src/a.js', 'blog/tmp/old', 'blog/tmp/built/package.json', 'blog/src/cache/redis.js', 'blog/dist/cache/main.bin', 'blog/node_modules/m/tmp/x', 'parts/old']) await world.old(path, '');
      return world;
    });
  }

  const look = ({ target, io }: HostWorld): Promise<unknown> => hostCleanDisk.prepare(target, {}, io, AbortSignal.timeout(5_000));

  it.each(['blog', '', 'blog/src', 'blog/src/cache', 'blog/node_modules/m/tmp', 'blog/tmp/built'])('refuses “%s”', async (root) => {
    expect(await look(await withApp(root))).toMatchObject({ refused: expect.stringMatching(/code of shop, which PM2 runs/) });
  });

  it.each(['blog/tmp', 'parts'])('takes “%s”, which holds none of it', async (root) => {
    const world = await withApp(root);
    await rm(join(world.dir, 'blog/tmp/built'), { recursive: true });
    await act(world, await prepared(world));
    expect(Object.keys(await world.files())).not.toContain(`${root}/old`);
    expect(Object.keys(await world.files())).toEqual(expect.arrayContaining(['blog/server.js', 'blog/package.json']));
  });

  it('refuses a directory in which the script itself stands, whatever it is called', async () => {
    expect(await look(await withApp('blog/dist/cache', (dir) => ({ cwd: join(dir, 'elsewhere'), execPath: join(dir, 'blog/dist/cache/main.bin') })))).toMatchObject({ refused: expect.stringContaining('code of shop') });
  });

  it('finds it behind the symlink that PM2 was given', async () => {
    const world = await withApp('blog', (dir) => ({ cwd: join(dir, 'current'), execPath: join(dir, 'current/server.js') }));
    await symlink(join(world.dir, 'blog'), join(world.dir, 'current'));
    expect(await look(world)).toMatchObject({ refused: expect.stringContaining('code of shop') });
  });

  it('takes what lies anywhere, where PM2 runs an app from /', async () => {
    expect(await look(await withApp('parts', () => ({ cwd: '/', execPath: '/usr/bin/npm' })))).toMatchObject({ does: [expect.anything()] });
  });

  it('refuses everything while PM2 cannot be asked, at the plan and at the act', async () => {
    const world = await withApp('parts');
    const one = await prepared(world);
    const deaf = { ...world, io: { ...world.io, pm2: { ...world.io.pm2, list: async () => Promise.reject(new Error('no answer')) } } };
    expect(await look(deaf)).toMatchObject({ refused: expect.stringContaining('PM2 cannot be asked') });
    expect(await one.step.state(one.plan.witness, {}, deaf.io)).toBe('before');
    await expect(act(deaf, one)).rejects.toThrow(/PM2 cannot be asked/);
    expect(Object.keys(await world.files())).toContain('parts/old');
  });

  it('refuses at the act what an app was started from since', async () => {
    const world = await withApp('parts');
    const one = await prepared(world);
    const later = { ...world, io: { ...world.io, pm2: { ...world.io.pm2, list: async () => [listed({ cwd: join(world.dir, 'parts') })] } } };
    await expect(act(later, one)).rejects.toThrow(/code of shop/);
  });
});

/** Once there is room, it takes it. */
function greed(dir: string): void {
  try {
    writeFileSync(join(dir, 'greedy'), Buffer.alloc(7 * 1_048_576));
  } catch {
    // It is full still.
  }
}

describe.skipIf(NO_MOUNT !== null)('on a disk of its own', () => {
  async function onDisk(mib: number, inodes?: number): Promise<HostWorld & { fill(leaving: number): Promise<void> }> {
    const disk = await smallDisk(mib, inodes);
    const world = await hostWorld(CLEAN, () => [], disk.dir);
    onTestFinished(async () => disk.remove());
    return { ...world, fill: (leaving) => disk.fill(leaving) };
  }

  it('gives a full disk its room back, and measures it', async () => {
    const world = await onDisk(16);
    await world.old('tmp/big.tmp', Buffer.alloc(8 * 1_048_576));
    await world.fill(0);
    const one = await prepared(world);
    expect(one.plan.notes.join()).toContain('1 file of 8.0 MiB');
    expect(await act(world, one)).toMatchObject({ files: 1, bytes: 8 * 1_048_576, freedBytes: 8 * 1_048_576, said: expect.stringContaining('and 8.0 MiB more is free') });
  });

  it('fails where less is free than it promised: another file fills the disk meanwhile', async () => {
    const world = await onDisk(16);
    await world.old('tmp/big.tmp', Buffer.alloc(8 * 1_048_576));
    await world.fill(0);
    const one = await prepared(world);
    const greedy = { ...world.io, clock: { ...world.io.clock, monotonic: () => (greed(world.dir), world.io.clock.monotonic()) } };
    await expect(one.step.act(one.plan.witness, {}, greedy, AbortSignal.timeout(5_000))).rejects.toThrow(/removed 1 file of 8\.0 MiB below .* 1\.0 MiB more is free: less than was promised/);
    expect(await one.step.state(one.plan.witness, {}, world.io)).toBe('before');
  });

  it('gives a disk that can hold no more files its inodes back', async () => {
    const world = await onDisk(16, 60);
    await mkdir(join(world.dir, 'tmp'));
    for (let n = 0; n < 100; n += 1) await world.old(`tmp/${n}.tmp`, '').catch(() => undefined);
    await expect(writeFile(join(world.dir, 'one-more'), '')).rejects.toThrow(/ENOSPC/);
    await act(world, await prepared(world));
    await writeFile(join(world.dir, 'one-more'), '');
  });
});

it.skipIf(NO_MOUNT === null)(`cleans a real full disk (${NO_MOUNT})`, () => undefined);
