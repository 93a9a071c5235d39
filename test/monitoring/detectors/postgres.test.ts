import { describe, expect, it } from 'vitest';
import type { Series } from '../../../monitoring/detectors/detector.js';
import { postgres } from '../../../monitoring/detectors/postgres.js';
import { postgres as probe } from '../../../monitoring/probes/postgres.js';
import type { Claim } from '../../../src/domain/finding.js';
import { POSTGRES_FAULTS, type PostgresFault } from '../../../src/domain/postgres-fault.js';
import { inputOf, NOW } from './build.js';

type Values = Readonly<Record<string, number | null>>;
type Happening = { readonly verdict?: 'bad' | 'error' | 'unknown'; readonly note?: string; readonly values?: Values };

const WELL: Values = {
  fault: 0, used: 10, limit: 37, waiting: 0, chain: 0, blocked_ms: 0, root_pid: null, idle_ms: 0, idle_pid: null, query_ms: 5, query_pid: 7, lag_ms: null, xid_age: 1_000_000,
  uptime_ms: 9e8, may_see: 1, may_signal: 1, statements: 1, hypopg: 1, read_whole: 0, invalid_indexes: 0, bloated: 0, slow_ms: 12,
};
const options = postgres.options.parse({});
const well: Happening = {};

function failing(fault: PostgresFault, note: string, values: Values = {}): Happening {
  return { verdict: 'bad', note, values: { ...values, fault: POSTGRES_FAULTS.indexOf(fault) + 1 } };
}

function seriesOf(happenings: readonly Happening[], trusted = true): Series {
  return {
    check: { id: 1, name: 'postgres', probe: 'postgres', options: {}, critical: true, trusted }, fields: probe.fields, baseline: null,
    samples: happenings.map(({ verdict = 'good' as const, note = null, values = {} }, n) => ({
      checkId: 1, at: NOW - (happenings.length - 1 - n) * 30_000, verdict, ms: 3, note, values: probe.fields.map((field) => ({ ...WELL, ...values })[field] ?? null),
    })),
  };
}

function claims(happenings: readonly Happening[], open: readonly string[] = []): readonly Claim[] {
  return postgres.detect(inputOf(options, { series: [seriesOf(happenings)], open }));
}

/** What stands, as 'kind severity: title', with its evidence. */
function told(happenings: readonly Happening[]): readonly string[] {
  return claims(happenings).flatMap((claim) => (claim.state === 'present' ? [`${claim.severity} ${claim.kind}: ${claim.title} (${claim.evidence.join('; ')})`] : []));
}

const thrice = (happening: Happening): readonly Happening[] => [well, happening, happening, happening];

describe('a PostgreSQL whose users cannot work', () => {
  it('is critical, and the way names it', () => {
    expect(told(thrice(failing('blocked', 'session 4711 (shop-web) keeps 2 waiting for 45 s: it is idle in transaction', { chain: 3 })))).toEqual([
      'critical postgres-blocked: session 4711 (shop-web) keeps 2 waiting for 45 s: it is idle in transaction (3 readings in a row, for 60 s; 3 sessions stand in the longest row; idle_in_transaction_session_timeout keeps apps from holding others up for ever.)',
    ]);
    expect(told(thrice(failing('saturated', 'all 17 connections are in use: shop-web 12', { used: 17, limit: 17 })))[0]).toBe(
      'critical postgres-saturated: all 17 connections are in use: shop-web 12 (3 readings in a row, for 60 s; the instances of all apps, each times the size of its pool, should come to less than 16; A reload of the app with the largest pool gives back what stands idle: hypercare repair pm2.reload <app>.)',
    );
  });

  it('says where its connections are idle in no one app, so that none is reloaded', () => {
    const told0 = (pool_of: number | null) => told(thrice(failing('saturated', 'all 17 connections are in use', { used: 17, limit: 17, pool_of })))[0];
    expect(told0(0)).toContain('no one app here has more than half of them idle, so none is restarted for it');
    expect(told0(1)).not.toContain('no one app');
    expect(told0(null)).not.toContain('no one app');
  });

  it('is not told after two bad readings, nor for what could not be measured', () => {
    const down = failing('down', 'it refuses connections');
    expect(told([well, down, down])).toEqual([]);
    expect(told([{ verdict: 'error', note: 'postgres.denied' }, { verdict: 'error' }, { verdict: 'error' }])).toEqual([]);
  });

  it('has one fault at a time, and is over after two good readings', () => {
    const open = ['postgres-blocked:postgres'];
    const after = claims(thrice(failing('down', 'it refuses connections', { used: null })), open);
    expect(after.map(({ state, fingerprint }) => `${state} ${fingerprint}`)).toEqual(['absent postgres-blocked:postgres', 'present postgres-down:postgres']);
    expect(claims([failing('blocked', 'x'), well], open)).toEqual([]);
    expect(claims([failing('blocked', 'x'), well, well], open)).toEqual([{ state: 'absent', fingerprint: 'postgres-blocked:postgres' }]);
  });
});

describe('advice', () => {
  it.each<readonly [Values, string]>([
    [{ idle_ms: 720_000, idle_pid: 4711 }, 'warning postgres-idle-in-transaction: session 4711 has been idle in transaction for 12 min'],
    [{ used: 33 }, 'warning postgres-connections: 33 of 37 connections are in use (the instances of all apps, each times the size of its pool, should come to less than 36; a pool with many idle connections may be smaller)'],
    [{ query_ms: 1_200_000, query_pid: 42 }, 'warning postgres-long-query: session 42 has run one query for 20 min (it can be ended: hypercare repair postgres.cancel <name> --with pid=42)'],
    [{ lag_ms: 300_000 }, 'warning postgres-replication-lag: a standby is 5 min behind'],
    [{ xid_age: 1_500_000_000 }, 'warning postgres-wraparound: its oldest transaction numbers are 1500 million behind; from 2 billion on it takes no changes'],
    [{ may_see: 0, may_signal: 0, query_ms: null, idle_ms: null }, 'info postgres-rights: hypercare may not see what others do there (to be run by a superuser, with the user hypercare runs as for USER; GRANT pg_monitor, pg_signal_backend TO USER)'],
    [{ statements: 0, slow_ms: null }, 'info postgres-extensions: slow queries cannot be told: pg_stat_statements is not there (shared_preload_libraries'],
    [{ invalid_indexes: 1 }, 'info postgres-invalid-index: one index is invalid'],
    [{ read_whole: 2 }, 'info postgres-missing-index: 2 large tables are read whole'],
    [{ slow_ms: 800 }, 'info postgres-slow-query: one query takes 800 ms each time'],
    [{ bloated: 1 }, 'info postgres-bloat: one table has more than half as many dead rows'],
    [{ uptime_ms: 100_000 }, 'info postgres-restarted: it began anew 100 s ago'],
  ])('of %o is given, and hurts nobody', (values, words) => {
    expect(told(thrice({ values })).map((line) => line.slice(0, words.length))).toEqual([words]);
  });

  it.each([['hypercare', '"hypercare"'], ['user', '"user"'], ['Ops-1', '"Ops-1"'], ['a"b', '"a""b"']])('writes the role %s into the GRANT', (role, written) => {
    const [claim] = postgres.detect(inputOf(postgres.options.parse({ role }), { series: [seriesOf(thrice({ values: { may_see: 1, may_signal: 0 } }))], open: [] }));
    expect(claim).toMatchObject({ evidence: ['to be run by a superuser', `GRANT pg_signal_backend TO ${written}`] });
  });

  it('names what the reading names', () => {
    expect(told(thrice({ values: { invalid_indexes: 1 }, note: 'invalid index orders_note' }))[0]).toContain('(invalid index orders_note; it is left by a build that failed');
  });

  it('asks for hypopg only where it would be of use', () => {
    expect(told(thrice({ values: { hypopg: 0 } }))).toEqual([]);
    expect(told(thrice({ values: { hypopg: 0, read_whole: 1 } }))[0]).toContain('CREATE EXTENSION hypopg');
  });

  it('of connections waits between two limits, so that it does not come and go', () => {
    const open = ['postgres-connections:postgres'];
    expect(claims(thrice({ values: { used: 29 } }), open)).toEqual([]);
    expect(claims(thrice({ values: { used: 27 } }), open)).toEqual([{ state: 'absent', fingerprint: open[0] }]);
  });

  it('is not given on what may not be seen, nor by a server that does not answer', () => {
    expect(told(thrice({ values: { query_ms: null, idle_ms: null, lag_ms: null, statements: null } }))).toEqual([]);
    expect(told(thrice({ verdict: 'error', values: Object.fromEntries(probe.fields.map((field) => [field, null])) }))).toEqual([]);
  });

  it('of a restart is not given for the first reading after our own start', () => {
    const young = (uptime_ms: number): Happening => ({ values: { uptime_ms } });
    expect(told([young(10_000), young(40_000), young(70_000)])).toEqual([]);
  });
});
