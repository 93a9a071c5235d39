import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { failure, shopAndWeb, startsOf, throwaway } from './pm2-clients.js';

const { own, pm2, named, only } = shopAndWeb();

test('a reload replaces every worker of a cluster', async () => {
  const before = await named('web');
  await pm2.reload('web');
  const after = await named('web');
  expect(after.map((one) => one.status)).toEqual(['online', 'online']);
  expect(after.filter((one) => startsOf(before).includes(one.startedAt))).toEqual([]);
  expect(await readFile(join(own.home, 'reload.lock'), 'utf8'), 'the lock is given back').toBe('');
});

test('while another reload holds PM2\'s lock ours waits, and is done afterwards', async () => {
  const before = await only('web');
  const lock = join(own.home, 'reload.lock');
  await writeFile(lock, String(systemClock.now()));
  const reload = pm2.reload('web');
  await systemClock.sleep(300);
  expect(startsOf(await named('web'))).toContain(before.startedAt);
  await writeFile(lock, '');
  await reload;
  expect(startsOf(await named('web'))).not.toContain(before.startedAt);
});

test('a lock that is not given back in time is pm2.busy, and nothing is reloaded', async () => {
  const impatient = throwaway(own.home, { actTimeoutMs: 300 });
  const before = startsOf(await named('web'));
  await writeFile(join(own.home, 'reload.lock'), String(systemClock.now()));
  expect(await failure(impatient.reload('web'))).toMatchObject({ code: 'pm2.busy', errorClass: 'transient' });
  await writeFile(join(own.home, 'reload.lock'), '');
  expect(startsOf(await named('web'))).toEqual(before);
});

test('when somebody else restarted the process while ours waited, it is not reloaded a second time', async () => {
  await writeFile(join(own.home, 'reload.lock'), String(systemClock.now()));
  const reload = failure(pm2.reload('shop'));
  await systemClock.sleep(100);
  await own.pm2('restart', 'shop');
  const restarts = (await only('shop')).restarts;
  await writeFile(join(own.home, 'reload.lock'), '');
  expect((await reload).message).toContain('somebody else');
  expect((await only('shop')).restarts).toBe(restarts);
});

test('a lock that was forgotten half a minute ago is no lock', async () => {
  const before = await only('shop');
  await writeFile(join(own.home, 'reload.lock'), String(systemClock.now() - 31_000));
  await pm2.reload('shop');
  expect((await only('shop')).restarts).toBe(before.restarts + 1);
});
