import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pm2Kill } from '../../../monitoring/repairs/pm2-kill.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Io } from '../../../src/io/io.js';
import type { Pm2Event } from '../../../src/io/pm2.js';
import { answers, startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home } from '../../doubles/pm2-home.js';
import { instancesOf, ioOf, positionsUntilAfter, prepareStep, restartsOf } from '../../doubles/pm2-repair.js';

let own: Pm2Home;
let io: Io;

beforeAll(async () => {
  own = await startPm2Home();
  io = ioOf(own.home);
});

afterAll(async () => {
  await io.pm2.close();
  await own.stop();
});

const prepare = (name: string, at = io) => prepareStep(pm2Kill, name, {}, at);

test('an instance that does not come back keeps the others from being killed', async () => {
  const code = "const fs = require('node:fs'); if (fs.existsSync('sick')) process.exit(1); fs.writeFileSync('up' + process.pid, ''); setInterval(() => {}, 60000);";
  const app = await own.startApp({ name: 'sickly', cluster: 2, code, pm2: { max_restarts: 1, min_uptime: 60_000 } });
  const quick = { ...io, clock: { ...systemClock, sleep: () => systemClock.sleep(10) } };
  await until('both to be up', async () => (await readdir(app.cwd)).filter((file) => file.startsWith('up')).length === 2);
  const kill = await prepare('sickly', quick);
  await writeFile(join(app.cwd, 'sick'), '');
  await expect(kill.act(quick)).rejects.toMatchObject({ code: 'repair.not_back' });
  await until('PM2 to give one up', async () => (await instancesOf(io, 'sickly')).some((one) => one.status === 'errored'));
  expect((await instancesOf(io, 'sickly')).filter((one) => one.status === 'online' && one.restarts === 0)).toHaveLength(1);
});

test('an app whose event loop hangs is killed, and answers again', async () => {
  const app = await own.startApp({ name: 'hung' });
  void fetch(`${app.url}hang`).catch(() => undefined);
  await until('it to hang', async () => !(await answers(app.url)));
  const kill = await prepare('hung');
  expect(await kill.position()).toBe('before');
  expect(await kill.act()).toEqual({ asked: true });
  await positionsUntilAfter(kill);
  await until('it to answer', () => answers(app.url));
  expect(await restartsOf(io, 'hung')).toEqual([1]);
});

test('the step asked twice gives one kill', async () => {
  await own.startApp({ name: 'twice' });
  const kill = await prepare('twice');
  await Promise.all([kill.act(), kill.act()]);
  await positionsUntilAfter(kill);
  expect(await kill.act()).toEqual({ asked: false, position: 'after' });
  expect(await restartsOf(io, 'twice')).toEqual([1]);
});

test('the instances of a cluster are killed one after the other, so that one of them always answers', async () => {
  await own.startApp({ name: 'pair', cluster: 2 });
  const events: Pm2Event[] = [];
  const unsubscribe = await io.pm2.subscribe((event) => void ('name' in event && event.name === 'pair' && events.push(event)));
  const kill = await prepare('pair');
  await kill.act();
  await positionsUntilAfter(kill);
  await until('both to be told', () => events.filter((event) => event.kind === 'online').length === 2);
  unsubscribe();
  expect(events.map((event) => event.kind)).toEqual(['exit', 'online', 'exit', 'online']);
  expect(events.flatMap((event) => (event.kind === 'exit' ? [event.signal] : []))).toEqual(['SIGKILL', 'SIGKILL']);
  expect(await restartsOf(io, 'pair')).toEqual([1, 1]);
});
