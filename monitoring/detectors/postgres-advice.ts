import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim, Severity } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, type Side } from '../../src/domain/streak.js';
import type { DetectorInput, Series } from './detector.js';

/** Of the connections that apps can have. In between nothing opens and nothing closes. */
const CONNECTIONS = { tight: 0.85, roomy: 0.75 } as const;
/** autovacuum begins at 200 million by default; at 2 billion no more changes are taken. */
const OLD_XIDS = 1_000_000_000;
const SLOW_MS = 500;
/** For so long a restart is news. */
const NEWS_MS = 10 * 60_000;

interface Limits {
  readonly bad: number;
  readonly good: number;
  readonly idleMs: number;
  readonly longQueryMs: number;
  readonly lagMs: number;
  readonly role: string | null;
}

/** One reading, with the limits and what was before. */
interface Look {
  readonly limits: Limits;
  readonly note: string | null;
  readonly now: (name: string) => number | null;
  /** True when the server began anew after an earlier reading. */
  readonly restarted: () => boolean;
}

interface Advice {
  readonly kind: string;
  readonly severity: Severity;
  side(look: Look): Side;
  say(look: Look): string;
  evidence(look: Look): readonly string[];
}

const ADVICE: readonly Advice[] = [
  {
    kind: 'postgres-idle-in-transaction', severity: 'warning',
    side: ({ now, limits }) => above(now('idle_ms'), limits.idleMs),
    say: ({ now }) => `session ${now('idle_pid') ?? '?'} has been idle in transaction for ${sayDuration(now('idle_ms') ?? 0)}`,
    evidence: () => ['what it locked stays locked, and what others delete cannot be cleaned up, until it ends'],
  },
  {
    kind: 'postgres-connections', severity: 'warning',
    side: ({ now }) => shareSide(now('used'), now('limit')),
    say: ({ now }) => `${now('used') ?? 0} of ${now('limit') ?? 0} connections are in use`,
    evidence: ({ now, note }) => [...seen(note), `the instances of all apps, each times the size of its pool, should come to less than ${(now('limit') ?? 1) - 1}; a pool with many idle connections may be smaller`],
  },
  {
    kind: 'postgres-long-query', severity: 'warning',
    side: ({ now, limits }) => above(now('query_ms'), limits.longQueryMs),
    say: ({ now }) => `session ${now('query_pid') ?? '?'} has run one query for ${sayDuration(now('query_ms') ?? 0)}`,
    evidence: ({ now }) => [`it can be ended: hypercare repair postgres.cancel <name> --with pid=${now('query_pid') ?? '?'}`],
  },
  {
    kind: 'postgres-replication-lag', severity: 'warning',
    side: ({ now, limits }) => above(now('lag_ms'), limits.lagMs),
    say: ({ now }) => `a standby is ${sayDuration(now('lag_ms') ?? 0)} behind`,
    evidence: ({ limits }) => [`more than ${sayDuration(limits.lagMs)}: what reads there sees old data`],
  },
  {
    kind: 'postgres-wraparound', severity: 'warning',
    side: ({ now }) => above(now('xid_age'), OLD_XIDS),
    say: ({ now }) => `its oldest transaction numbers are ${Math.round((now('xid_age') ?? 0) / 1_000_000)} million behind; from 2 billion on it takes no changes`,
    evidence: () => ['end what holds old rows (long transactions, replication slots nobody reads), then: VACUUM FREEZE'],
  },
  {
    kind: 'postgres-restarted', severity: 'info',
    side: ({ now, restarted }) => (now('uptime_ms') === null ? null : restarted() ? 'bad' : 'good'),
    say: ({ now }) => `it began anew ${sayDuration(now('uptime_ms') ?? 0)} ago: a restart, or another server took over`,
    evidence: () => ['apps that do not handle a broken connection may have crashed'],
  },
  {
    kind: 'postgres-rights', severity: 'info',
    side: ({ now }) => lacking([now('may_see'), now('may_signal')]),
    say: ({ now }) => (now('may_see') === 0 ? 'hypercare may not see what others do there' : 'hypercare may not end sessions there'),
    evidence: ({ now, limits }) => grants(limits.role, [...(now('may_see') === 0 ? ['pg_monitor'] : []), ...(now('may_signal') === 0 ? ['pg_signal_backend'] : [])]),
  },
  {
    kind: 'postgres-extensions', severity: 'info',
    side: ({ now }) => lacking([now('statements')]),
    say: () => 'slow queries cannot be told: pg_stat_statements is not there',
    evidence: () => ["shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, a restart, and then: CREATE EXTENSION pg_stat_statements"],
  },
  {
    kind: 'postgres-invalid-index', severity: 'info',
    side: ({ now }) => above(now('invalid_indexes'), 1),
    say: ({ now }) => `${count(now('invalid_indexes'), 'index is', 'indexes are')} invalid: kept up to date with each change, and used by nothing`,
    evidence: ({ note }) => [...seen(note), 'it is left by a build that failed: DROP INDEX CONCURRENTLY, then build it again'],
  },
  {
    kind: 'postgres-missing-index', severity: 'info',
    side: ({ now }) => above(now('read_whole'), 1),
    say: ({ now }) => `${count(now('read_whole'), 'large table is', 'large tables are')} read whole again and again: an index may be missing`,
    evidence: ({ note, now }) => [
      ...seen(note), 'what one would bring: hypercare repair postgres.create-index <name> --with "table=… columns=…" --dry-run',
      ...(now('hypopg') === 0 ? ['that needs the package hypopg (on Debian postgresql-<version>-hypopg), and then: CREATE EXTENSION hypopg'] : []),
    ],
  },
  {
    kind: 'postgres-slow-query', severity: 'info',
    side: ({ now }) => above(now('slow_ms'), SLOW_MS),
    say: ({ now }) => `one query takes ${sayDuration(now('slow_ms') ?? 0)} each time`,
    evidence: ({ note }) => [...seen(note), 'of those that ran twenty times or more, by pg_stat_statements'],
  },
  {
    kind: 'postgres-bloat', severity: 'info',
    side: ({ now }) => above(now('bloated'), 1),
    say: ({ now }) => `${count(now('bloated'), 'table has', 'tables have')} more than half as many dead rows as live ones`,
    evidence: ({ note }) => [...seen(note), 'autovacuum does not keep up, or something holds old rows: VACUUM (VERBOSE) says what'],
  },
];

/** What a superuser runs. The name is always quoted: it may have capitals, or be a word of SQL. Without one in the address it is that of the machine. */
function grants(role: string | null, missing: readonly string[]): readonly string[] {
  const who = role === null ? 'USER' : `"${role.replaceAll('"', '""')}"`;
  return [`to be run by a superuser${role === null ? ', with the user hypercare runs as for USER' : ''}`, `GRANT ${missing.join(', ')} TO ${who}`];
}

/** What its users do not feel yet, and its operator should know. Readings of a server that did not answer say nothing of it. */
export function postgresAdvice(series: Series, input: DetectorInput<Limits>): readonly Claim[] {
  const told = series.samples.filter((one) => (one.verdict === 'good' || one.verdict === 'bad') && valueNamed(series.fields, one.values, 'used') !== null);
  const looks = told.map((sample, index) => lookAt(sample, { before: told.slice(0, index), fields: series.fields, limits: input.options }));
  return ADVICE.flatMap((advice) => claimsOf(advice, looks, { series, input }));
}

function lookAt(sample: Sample, { before, fields, limits }: { readonly before: readonly Sample[]; readonly fields: readonly string[]; readonly limits: Limits }): Look {
  const uptime = valueNamed(fields, sample.values, 'uptime_ms') ?? NEWS_MS;
  return {
    limits,
    note: sample.verdict === 'good' ? sample.note : null,
    now: (name) => valueNamed(fields, sample.values, name),
    restarted: () => uptime < NEWS_MS && before.some((one) => (valueNamed(fields, one.values, 'uptime_ms') ?? 0) > uptime + 1_000),
  };
}

function claimsOf(advice: Advice, looks: readonly Look[], { series, input }: { readonly series: Series; readonly input: DetectorInput<Limits> }): readonly Claim[] {
  const fingerprint = `${advice.kind}:${series.check.name}`;
  const streak = streakOf(looks, (look) => advice.side(look));
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  const newest = streak.run.at(-1);
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  return [{ state: 'present', fingerprint, kind: advice.kind, severity: advice.severity, emergency: false, title: advice.say(newest), evidence: advice.evidence(newest) }];
}

function above(value: number | null, limit: number): Side {
  return value === null ? null : value >= limit ? 'bad' : 'good';
}

function lacking(has: readonly (number | null)[]): Side {
  if (has.includes(0)) return 'bad';
  return has.includes(null) ? null : 'good';
}

function shareSide(used: number | null, limit: number | null): Side {
  if (used === null || limit === null || limit <= 0) return null;
  if (used / limit >= CONNECTIONS.tight) return 'bad';
  return used / limit < CONNECTIONS.roomy ? 'good' : null;
}

function count(value: number | null, one: string, more: string): string {
  return value === 1 ? `one ${one}` : `${value ?? 0} ${more}`;
}

function seen(note: string | null): readonly string[] {
  return note === null ? [] : [note];
}
