import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/io/log.js';
import { CHANNEL, notifyCarrier } from '../../../src/io/notify-carrier.js';
import { createLogger } from '../../../src/io/log.js';
import { linesOf, type ChildLines } from '../../doubles/child-lines.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { until } from '../../doubles/pm2-home.js';
import { missingService, startPostgres, type Service } from '../../doubles/postgres.js';

const missing = missingService('postgres');

describe.skipIf(missing !== null)(`the carrier over PostgreSQL${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let server: Service;
  let admin: pg.Client;
  let compiled: Compiled;
  const logs: string[] = [];
  const log: Logger = createLogger({ format: 'text', level: 'info' }, (line) => logs.push(line));
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [server, compiled] = await Promise.all([startPostgres(), compile('src/io/notify-carrier.ts')]);
    admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    expect(await listeners()).toEqual([]);
    logs.length = 0;
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
    compiled?.remove();
  });

  async function listeners(): Promise<readonly number[]> {
    const rows = await admin.query<{ pid: number }>("select pid from pg_stat_activity where application_name = 'hypercare-listen'");
    return rows.rows.map(({ pid }) => pid);
  }

  async function listen(host: string, url = server.url): Promise<{ readonly poke: () => Promise<void>; heard: number }> {
    const carrier = notifyCarrier(url, host, log);
    const ear = { poke: () => carrier.poke(), heard: 0 };
    stops.push(await carrier.onPoke(() => (ear.heard += 1)));
    return ear;
  }

  it('wakes another process of the host, and tells it to look when its line has been made anew', async () => {
    const child: ChildLines = linesOf(compiled.start(`
      import { notifyCarrier } from './src/io/notify-carrier.js';
      const log = { warn: () => console.log('lost') };
      await notifyCarrier(${JSON.stringify(server.url)}, 'vm-1', log).onPoke(() => console.log('poked'));
      console.log('listens');
    `));
    stops.push(() => child.kill());
    await child.next('listens');
    await child.next('poked'); // The line is new.
    const own = await listen('vm-1');
    for (let n = 0; n < 3; n += 1) {
      await own.poke();
      await child.next('poked');
    }
    const before = await listeners();
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hypercare-listen'");
    await child.next('lost');
    await own.poke();
    await child.next('poked');
    await until('both lines to be new', async () => (await listeners()).length === 2);
    expect((await listeners()).some((pid) => before.includes(pid))).toBe(false);
    await own.poke();
    await child.next('poked');
    await child.kill();
    await until('the child’s line to be gone', async () => (await listeners()).length === 1);
  });

  it('wakes neither who pokes nor another host, but whoever the command line pokes', async () => {
    const [own, same, other] = [await listen('vm-1'), await listen('vm-1'), await listen('vm-2')];
    const before = { own: own.heard, same: same.heard, other: other.heard };
    await own.poke();
    await until('the poke', () => same.heard === before.same + 1);
    await admin.query('select pg_notify($1, $2)', [CHANNEL, 'vm-2']);
    await until('the poke of vm-2', () => other.heard === before.other + 1);
    expect([own.heard, same.heard]).toEqual([before.own, before.same + 1]);
  });

  it('sends one poke for those that were asked for while one was under way', async () => {
    const [own, same] = [await listen('vm-1'), await listen('vm-1')];
    const before = same.heard;
    await Promise.all(Array.from({ length: 50 }, () => own.poke()));
    await until('the last poke', () => same.heard > before);
    await own.poke();
    await until('one more', () => same.heard > before + 1);
    expect(same.heard - before).toBeLessThanOrEqual(3);
  });

  it('begins without a database, tries on, and says which pokes were lost', async () => {
    const url = Object.assign(new URL(server.url), { pathname: '/later' }).href;
    const own = await listen('vm-1', url);
    await own.poke();
    expect(logs.join()).toMatch(/poke was lost.*later.*does not exist/);
    await admin.query('create database later');
    await until('the line to be made', () => own.heard === 1);
  });

  it('leaves no line behind when it is stopped while it is being made anew', async () => {
    const carrier = notifyCarrier(server.url, 'vm-1', log);
    const stop = await carrier.onPoke(() => undefined);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hypercare-listen'");
    await until('it to notice', () => logs.join().includes('made anew'));
    await stop();
    await carrier.poke();
    expect(logs.join()).toContain('poke was lost');
  });
});
