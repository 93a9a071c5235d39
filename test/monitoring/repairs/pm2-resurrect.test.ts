import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pm2Resurrect } from '../../../monitoring/repairs/pm2-resurrect.js';
import { repairContract, type RepairWorld } from '../../contracts/repair.js';
import { answers, faultyApp, startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home, StartedApp } from '../../doubles/pm2-home.js';
import { appOf } from '../../doubles/pm2-list.js';
import { instancesOf, ioOf, prepareStep } from '../../doubles/pm2-repair.js';

interface DeadWorld extends RepairWorld<Record<string, never>> {
  readonly home: Pm2Home;
  readonly app: StartedApp;
}

/** One app that was saved, and a daemon that was killed after that; the app died with it. */
async function died(how: { readonly save?: boolean; readonly pmx?: boolean } = {}): Promise<DeadWorld> {
  const home = await startPm2Home();
  const app = await home.startApp({ name: 'shop', code: faultyApp, awaitAnswer: true, ...(how.pmx === undefined ? {} : { pm2: { pmx: how.pmx } }) });
  if (how.save !== false) await home.pm2('save');
  await home.killDaemon();
  if (how.pmx !== false) await until('the app to end', async () => !(await answers(app.url)));
  const io = ioOf(home.home, { timeoutMs: 1_000 });
  const names = async (): Promise<readonly string[]> => io.pm2.list().then((listed) => listed.map(({ name }) => name), () => ['dead']);
  const hash = (file: string): string => (existsSync(join(home.home, file)) ? createHash('sha256').update(readFileSync(join(home.home, file))).digest('hex') : 'none');
  return {
    home,
    app,
    target: appOf([], { kind: 'host', name: 'web-1' }),
    args: {},
    io,
    other() {
      const other = ioOf(home.home, { timeoutMs: 700 });
      return { io: other, cut: () => other.pm2.close() };
    },
    look: async () => [await names(), hash('dump.pm2'), hash('pm2.pid')],
    essence: names as () => Promise<string[]>,
    freeze: null,
    thaw: async () => undefined,
    async close() {
      await io.pm2.close();
      await home.stop();
    },
  };
}

repairContract({
  repair: pm2Resurrect,
  open: () => died(),
  refused: {
    'without a saved list': async (world) => rm(join(world.io.pm2.home, 'dump.pm2')),
    'with a saved list that is broken': async (world) => writeFile(join(world.io.pm2.home, 'dump.pm2'), '[{"name":'),
    'with a saved list that is empty': async (world) => writeFile(join(world.io.pm2.home, 'dump.pm2'), '[]'),
    'while the daemon lives': async (world) => void (await (world as DeadWorld).home.pm2('ping')),
    'while the daemon is frozen': async (world) => {
      const { home } = world as DeadWorld;
      await home.pm2('ping');
      await home.freeze();
      return { io: world.other().io };
    },
  },
});

test('the app comes back with its environment, and with nothing of ours', async () => {
  process.env['OURS_ALONE'] = 'secret';
  onTestFinished(() => void delete process.env['OURS_ALONE']);
  const world = await died();
  onTestFinished(() => world.close());
  const resurrect = await prepareStep(pm2Resurrect, 'web-1', {}, world.io);
  expect(resurrect.prepared.does.map(({ does }) => does)).toEqual(['pm2 resurrect: shop']);
  await resurrect.act();
  await until('the step to be done', async () => (await resurrect.position()) === 'after');
  await until('the app to answer', () => answers(world.app.url));
  const [shop] = await instancesOf(world.io, 'shop');
  expect(readFileSync(`/proc/${shop?.pid}/environ`, 'utf8')).not.toContain('OURS_ALONE');
});

test('an empty daemon that somebody else started meanwhile is not taken for done, and nothing is started beside it', async () => {
  const world = await died();
  onTestFinished(() => world.close());
  const resurrect = await prepareStep(pm2Resurrect, 'web-1', {}, world.io);
  await world.home.pm2('ping');
  expect(await resurrect.position()).toBe('moving');
  expect(await resurrect.act()).toEqual({ asked: false });
  expect(await world.io.pm2.list()).toEqual([]);
});

test('an app that outlived the daemon is named, and not started a second time', async () => {
  const world = await died({ pmx: false });
  onTestFinished(() => world.close());
  await expect(prepareStep(pm2Resurrect, 'web-1', {}, world.io)).rejects.toThrow(/^"shop" lives on without PM2 \(pid \d+\), and would run twice: end it, and ask again$/);
});
