import { readFileSync, statSync, truncateSync } from 'node:fs';
import { rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pm2FlushLogs } from '../../../monitoring/repairs/pm2-flush-logs.js';
import type { Io } from '../../../src/io/io.js';
import { silentDaemon } from '../../../src/io/pm2-errors.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { repairContract } from '../../contracts/repair.js';
import { startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home } from '../../doubles/pm2-home.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';
import { instancesOf, ioOf, prepareStep } from '../../doubles/pm2-repair.js';
import { openPm2World, refusedOfAll } from '../../doubles/pm2-world.js';

const MB = 1_048_576;
/** Writes a line as long as it lives. */
const TALKING = "setInterval(() => console.log('a line, and never a large one'), 50);";
const ANY = { atLeastMb: 1 };

let home: Pm2Home;
let io: Io;

beforeAll(async () => {
  home = await startPm2Home();
  io = ioOf(home.home);
});
afterAll(async () => {
  await io.pm2.close();
  await home.stop();
});

const large = (path: string): void => truncateSync(path, 5 * MB);

async function outLog(name: string): Promise<string> {
  await until('its log to be there', async () => (await instancesOf(io, name)).every((one) => (statSync(one.outLog ?? '', { throwIfNoEntry: false })?.size ?? 0) > 0));
  return (await instancesOf(io, name))[0]?.outLog ?? '';
}

repairContract({
  repair: pm2FlushLogs,
  async open() {
    const world = await openPm2World({ home, app: { code: "console.log('once'); setInterval(() => {}, 60000);" }, args: ANY, essence: (instances) => instances.map((one) => statSync(one.outLog ?? '').size) });
    large(await outLog(world.app.name));
    // It is a file that is touched, and PM2 is not asked.
    return { ...world, freeze: null, look: async () => [await world.look(), await world.essence()] };
  },
  refused: {
    ...refusedOfAll(),
    'small logs': async () => ({ args: { atLeastMb: 100 } }),
    'a log that another app writes to as well': async ({ target, io: real }) => {
      const [own] = await instancesOf(real, target.processes[0] ?? '');
      return { io: ioListing([own as Pm2Process, listed({ name: 'cart', outLog: own?.outLog ?? null })]) };
    },
    'a link and a device': async ({ target }) => {
      const link = join(home.home, 'link.log');
      await writeFile(join(home.home, 'elsewhere.log'), Buffer.alloc(2 * MB));
      await symlink(join(home.home, 'elsewhere.log'), link);
      return { io: ioListing([listed({ name: target.processes[0] ?? '', outLog: link, errLog: '/dev/null' })]) };
    },
    'everything while PM2 does not answer': async () => ({ io: ioListing(silentDaemon('/srv/.pm2', 'getMonitorData', 5_000)) }),
  },
});

test.each([['in fork mode', undefined], ['in a cluster', 2]])('an app %s writes on into the emptied file, and its size is told before and after', async (_, cluster) => {
  const name = `talker-${cluster ?? 1}`;
  await home.startApp({ name, code: TALKING, ...(cluster === undefined ? {} : { cluster }) });
  onTestFinished(async () => void (await home.pm2('delete', name)));
  const path = await outLog(name);
  large(path);
  const flush = await prepareStep(pm2FlushLogs, name, ANY, io);
  expect(flush.prepared).toMatchObject({ wayBack: null, bounds: { restarts: 0, files: 1 }, notes: [`${path}: 5 MB`, expect.any(String)] });
  const { before, after } = (await flush.act()) as { before: number; after: number };
  expect([before >= 5 * MB, after < MB]).toEqual([true, true]);
  expect(await flush.position()).toBe('after');
  await until('its next lines', async () => statSync(path).size > 50);
  expect(readFileSync(path, 'utf8')).toMatch(/^a line, and never a large one\n/);
});

test('a log that was rotated meanwhile is not emptied again', async () => {
  const path = join(home.home, 'rotated.log');
  await writeFile(path, Buffer.alloc(2 * MB));
  const at = ioListing([listed({ outLog: path })]);
  const prepared = await pm2FlushLogs.prepare(appOf(['shop']), ANY, at, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  const [step] = pm2FlushLogs.steps(appOf(['shop']), ANY, prepared);
  await rename(path, `${path}.1`);
  await writeFile(path, Buffer.alloc(3 * MB));
  expect(await step?.state(prepared.witness, {}, at)).toBe('after');
  await step?.act(prepared.witness, {}, at, new AbortController().signal);
  expect(statSync(path).size).toBe(3 * MB);
});
