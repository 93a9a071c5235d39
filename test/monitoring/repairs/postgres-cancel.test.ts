import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { postgresCancel } from '../../../monitoring/repairs/postgres-cancel.js';
import type { SessionArgs } from '../../../monitoring/repairs/postgres-sessions.js';
import { repairContract } from '../../contracts/repair.js';
import { noPostgres, startPgTown, type PgClient, type PgTown } from '../../doubles/pg-town.js';
import { pgWorld, transactions, type PgWorld } from '../../doubles/pg-world.js';
import { until } from '../../doubles/pm2-home.js';

describe.skipIf(noPostgres)('cancelling the query that keeps others waiting', () => {
  let town: PgTown;

  beforeAll(async () => {
    town = await startPgTown();
  }, 60_000);
  afterAll(() => town?.stop());

  interface World extends PgWorld<SessionArgs> {
    readonly root: PgClient;
    readonly running: Promise<unknown>;
    readonly waiter: Promise<unknown>;
  }

  /** One locks an order and computes for a minute; another waits for it. */
  async function open(app = 'shop-report'): Promise<World> {
    const root = await town.session(app);
    const running = root.query('begin; update orders set note = note where id = 7; select pg_sleep(60); commit');
    running.catch(() => undefined);
    await until('it to run', async () => (await town.sql(`select from pg_stat_activity where pid = ${root.pid} and state = 'active' and wait_event = 'PgSleep'`)).length > 0);
    const second = await town.session('shop-web');
    const waiter = second.query('update orders set note = note where id = 7');
    waiter.catch(() => undefined);
    await until('the other to wait', async () => (await town.sql(`select from pg_locks where pid = ${second.pid} and not granted`)).length > 0);
    return { ...pgWorld<SessionArgs>(town, {}, { look: () => transactions(town) }), root, running, waiter };
  }

  repairContract({
    repair: postgresCancel,
    open,
    refused: {
      'a session that stands idle in its transaction, where it would do nothing': async () => {
        await town.clear();
        await town.chain();
      },
      'a name that the config does not allow': async () => {
        await town.clear();
        await open('reports');
      },
      'a session that is not there': async () => ({ args: { pid: 4_000_000 } }),
    },
  });

  it('says of one in the middle of a chain who waits for it', async () => {
    const { pids: [, middle = 0] } = await town.chain();
    const world = pgWorld<SessionArgs>(town, { pid: middle }, { look: () => transactions(town) });
    onTestFinished(() => world.close());
    const plan = await postgresCancel.prepare(world.target, world.args, world.io, AbortSignal.timeout(5_000));
    expect('refused' in plan ? plan.refused : plan.notes[0]).toMatch(new RegExp(`^session ${middle} \\(shop-worker\\), active for .*; 1 waits for it, the longest for `));
  });

  it('lets who waited go on, and leaves the session to its app', async () => {
    const world = await open();
    onTestFinished(() => world.close());
    const plan = await postgresCancel.prepare(world.target, {}, world.io, AbortSignal.timeout(5_000));
    if ('refused' in plan) throw new Error(plan.refused);
    expect(plan.notes[0]).toMatch(/^session \d+ \(shop-report\), active for .*; 1 waits for it, the longest for /);
    const [step] = postgresCancel.steps(world.target, {}, plan);
    expect(await step?.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000))).toEqual({ signalled: 1, said: expect.stringMatching(/^cancelled the query of session \d+ \(shop-/) });
    await world.waiter;
    await expect(world.running).rejects.toThrow(/cancel/);
    expect(await world.root.query('rollback').then(() => 'alive')).toBe('alive');
  });
});
