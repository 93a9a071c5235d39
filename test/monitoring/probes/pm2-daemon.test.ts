import { afterEach, beforeEach, expect, it } from 'vitest';
import { pm2Daemon as probe } from '../../../monitoring/probes/pm2-daemon.js';
import type { Reading } from '../../../src/domain/check.js';
import { soundReading } from '../../contracts/probe.js';
import { idleApp, startPm2Home, type Pm2Home } from '../../doubles/pm2-home.js';
import { ioOf } from '../../doubles/pm2-repair.js';

let home: Pm2Home;
let io: ReturnType<typeof ioOf>;

beforeEach(async () => {
  home = await startPm2Home();
  io = ioOf(home.home, { timeoutMs: 1_000 });
});
afterEach(async () => {
  await io.pm2.close();
  await home.stop();
});

const measure = async (): Promise<Reading> => soundReading(probe, await probe.measure({}, io, new AbortController().signal));

it('is good while the daemon answers, an error while it is frozen, and bad once it is dead', async () => {
  await home.startApp({ name: 'shop', code: idleApp, awaitAnswer: false });
  expect(await measure()).toMatchObject({ verdict: 'good', note: null });
  await home.freeze();
  await expect(measure()).rejects.toMatchObject({ code: 'pm2.timeout' });
  await home.thaw();
  await home.killDaemon();
  expect(await measure()).toMatchObject({ verdict: 'bad', note: `PM2's daemon of ${home.home} is dead` });
});

it('is an error where somebody ended it, or nobody ever started one: nothing is to be brought back', async () => {
  await expect(measure()).rejects.toMatchObject({ code: 'pm2.dead' });
  await home.startApp({ name: 'shop', code: idleApp, awaitAnswer: false });
  await home.pm2('kill');
  await expect(measure()).rejects.toMatchObject({ code: 'pm2.dead' });
});
