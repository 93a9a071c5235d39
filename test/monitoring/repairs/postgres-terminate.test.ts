import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { postgresTerminate } from '../../../monitoring/repairs/postgres-terminate.js';
import type { SessionArgs } from '../../../monitoring/repairs/postgres-sessions.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { repairContract } from '../../contracts/repair.js';
import { noPostgres, startPgTown, type PgTown } from '../../doubles/pg-town.js';
import { pgTarget, pgWorld, transactions, type PgWorld } from '../../doubles/pg-world.js';
import { until } from '../../doubles/pm2-home.js';

describe.skipIf(noPostgres)('ending the session that keeps others waiting', () => {
  let town: PgTown;

  beforeAll(async () => {
    town = await startPgTown();
  }, 60_000);
  afterAll(() => town?.stop());

  /** With a chain of three, whose root bears this name. */
  async function open(root = 'shop-web'): Promise<PgWorld<SessionArgs> & { readonly chain: Awaited<ReturnType<PgTown['chain']>> }> {
    const chain = await town.chain(root);
    return { ...pgWorld<SessionArgs>(town, {}, { look: () => transactions(town) }), chain };
  }

  const again = (root: string) => async () => {
    await town.clear();
    await town.chain(root);
  };
  /** Another root, which waits behind nobody, alone in the town. */
  const instead = (begin: () => Promise<unknown>) => async () => {
    await town.clear();
    await begin();
  };
  const idle = async (app: string, sql: string, url?: string) => {
    const session = await town.session(app, url === undefined ? {} : { url });
    await session.query(`begin; ${sql}`);
    return { args: { pid: session.pid } };
  };

  repairContract({
    repair: postgresTerminate,
    open,
    refused: {
      'a name that the config does not allow': again('nightly-report'),
      'a session without a name': again(''),
      'everything, where the config allows nothing': async ({ target }) => ({ target: { ...target, options: { timeoutMs: 1_000 } } }),
      'a backup, whatever the config allows': async ({ target }) => {
        await again('pg_dump')();
        return { target: pgTarget(target.url ?? '', { own: ['*'] }) };
      },
      'a backup by what it does': async () => {
        await town.clear();
        return idle('shop-nightly', 'select 1; copy orders to stdout');
      },
      'a migration by its name': again('shop-migrations'),
      'a change of the schema by its locks': async () => {
        await town.clear();
        return idle('shop-web', 'alter table orders add column extra int');
      },
      'a migration by its advisory lock': async () => idle('shop-web', 'select pg_advisory_lock(7)'),
      'a session of another database of the server': async () => {
        await town.clear();
        return idle('shop-web', 'select 1', Object.assign(new URL(town.url), { pathname: '/template1' }).href);
      },
      'a superuser': async () => idle('shop-web', 'select 1', town.superUrl),
      'our own': async () => idle('hypercare-other', 'select 1', town.url),
      'a session whose query runs': async () => {
        await town.clear();
        const { pid, query } = await town.session('shop-web');
        query('select pg_sleep(60)').catch(() => undefined);
        await until('it to run', async () => (await town.sql(`select from pg_stat_activity where pid = ${pid} and state = 'active'`)).length > 0);
        return { args: { pid } };
      },
      'a session that is in no transaction': async () => ({ args: { pid: (await town.session('shop-web')).pid } }),
      'a session that is not there': async () => ({ args: { pid: 4_000_000 } }),
      'when nobody waits and none stands idle for long': instead(async () => idle('shop-web', 'select 1')),
      'a prepared transaction, which has no session': instead(async () => {
        const [first, second] = [await town.session('shop-web'), await town.session('shop-web')];
        await first.query("begin; select * from orders where id = 1 for update; prepare transaction 'half'");
        second.query('update orders set note = note where id = 1').catch(() => undefined);
        await until('the other to wait', async () => (await town.sql(`select from pg_locks where pid = ${second.pid} and not granted`)).length > 0);
      }),
      'to look where it may see nothing of others': async () => ({ target: pgTarget(town.plainUrl) }),
    },
  });

  async function prepared(world: PgWorld<SessionArgs>): Promise<Prepared> {
    onTestFinished(() => world.close());
    const made = await postgresTerminate.prepare(world.target, world.args, world.io, AbortSignal.timeout(5_000));
    if ('refused' in made) throw new Error(made.refused);
    return made;
  }

  it('says whom it ends and what that costs, and lets both go on that waited', async () => {
    const world = await open();
    const { root, waiters, pids } = world.chain;
    const plan = await prepared(world);
    expect(plan.does).toEqual([{ name: 'end the session', does: `pg_terminate_backend(${root.pid}) while the same session of shop-web stands idle in the same transaction`, timeoutMs: 15_000 }]);
    expect(plan.bounds).toEqual({ sessions: 1 });
    expect(plan.notes).toEqual([
      expect.stringMatching(new RegExp(`^session ${root.pid} \\(shop-web\\), idle in transaction for .*; 2 wait for it, the longest for `)),
      'what it has not committed is undone',
      'a client that does not expect this may take its process with it: shop may be restarted once',
    ]);
    const [step] = postgresTerminate.steps(world.target, {}, plan);
    expect(await step?.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000))).toEqual({ signalled: 1, said: `ended session ${root.pid} (shop-web)` });
    await Promise.all(waiters);
    expect(await step?.state(plan.witness, {}, world.io)).toBe('after');
    expect(await town.sql(`select from pg_stat_activity where pid in (${pids.slice(1).join()})`), 'nobody else was ended').toHaveLength(2);
  });

  it('ends nothing when the session has gone on to another transaction', async () => {
    const world = await open();
    const { root, waiters } = world.chain;
    const plan = await prepared(world);
    await root.query('commit; begin; select 1');
    await Promise.all(waiters);
    const [step] = postgresTerminate.steps(world.target, {}, plan);
    expect(await step?.state(plan.witness, {}, world.io)).toBe('after');
    expect(await step?.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000))).toEqual({ signalled: 0, said: `session ${root.pid} had ended or gone on by itself` });
    expect(await town.sql(`select from pg_stat_activity where pid = ${root.pid}`)).toHaveLength(1);
  });

  it('ends nothing while the session works again, though in the same transaction', async () => {
    const world = await open();
    const { root } = world.chain;
    const plan = await prepared(world);
    root.query('select pg_sleep(20)').catch(() => undefined);
    await until('it to work', async () => (await town.sql(`select from pg_stat_activity where pid = ${root.pid} and state = 'active'`)).length > 0);
    const [step] = postgresTerminate.steps(world.target, {}, plan);
    expect(await step?.state(plan.witness, {}, world.io)).toBe('after');
    expect(await step?.act(plan.witness, {}, world.io, AbortSignal.timeout(5_000))).toEqual({ signalled: 0, said: `session ${root.pid} had ended or gone on by itself` });
  });

  it('takes, where nobody waits, the one that has stood idle the longest', async () => {
    const world = pgWorld<SessionArgs>(town, {}, { look: () => transactions(town) });
    const first = await town.session('shop-web');
    await first.query('begin; select 1');
    const second = await town.session('shop-web');
    await second.query('begin; select 1');
    const plan = await prepared({ ...world, target: pgTarget(town.url, { idleMs: 1 }) });
    expect(plan.witness).toMatchObject({ pid: first.pid });
  });
});
