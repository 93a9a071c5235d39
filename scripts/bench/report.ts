import type { FaultFigures } from './faults.js';
import { best, drawTable, ratio, said } from './figures.js';
import type { IdleFigures } from './idle.js';
import type { LoadFigures } from './load.js';
import type { PostgresFigures } from './postgres.js';
import type { Pm2Figures } from './pm2-repairs.js';
import type { RedisFigures } from './redis.js';
import type { RollbackFigures } from './rollback.js';
import { BENCH_FAULTS } from './bench-fault.js';

export interface BenchResult {
  readonly faults: readonly FaultFigures[];
  readonly loads: readonly LoadFigures[];
  readonly idle: readonly IdleFigures[];
  readonly pm2: readonly Pm2Figures[];
  readonly redis: readonly RedisFigures[];
  readonly postgres: readonly PostgresFigures[];
  readonly rollback: readonly RollbackFigures[];
}

const OURS = 'hypercare';
const MIB = 1_048_576;

/** The whole result in tables, for people. */
export function drawResult(result: BenchResult): string {
  const parts = [drawFaults(result.faults), drawLoads(result.loads), drawIdle(result.idle), drawPm2(result.pm2), drawRedis(result.redis), drawPostgres(result.postgres), drawRollback(result.rollback)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function drawFaults(all: readonly FaultFigures[]): string {
  if (all.length === 0) return '';
  const names = [...new Set(all.map(({ contender }) => contender))];
  const rows = BENCH_FAULTS.flatMap((fault) => names.map((name) => rowOf(all, name, fault)));
  return [
    'From fault to first word, and to healthy again as a customer sees it; medians, milliseconds',
    drawTable([['', 'first word', 'p95', 'healthy', 'p95', 'struck', 'healthy: ours / best other'], ...rows]),
  ].join('\n');
}

function rowOf(all: readonly FaultFigures[], name: string, fault: string): readonly string[] {
  const own = all.find((one) => one.contender === name && one.fault === fault);
  if (!own) return [`${fault}, ${name}`, '', '', '', '', '', ''];
  const others = all.filter((one) => one.fault === fault && one.contender !== OURS).map(({ healed }) => healed.median);
  const compared = name === OURS ? said(ratio(own.healed.median, best(others)), 2) : '';
  const struck = own.healed.n + own.healed.missed;
  const healed = own.healed.missed > 0 ? `${own.healed.n} of ${struck}` : String(struck);
  return [`${fault}, ${name}`, said(own.noticed.median), said(own.noticed.p95), own.healed.n === 0 ? 'never' : said(own.healed.median), said(own.healed.p95), healed, compared];
}

function drawLoads(all: readonly LoadFigures[]): string {
  if (all.length === 0) return '';
  const rows = all.map((one) => {
    const bare = all.find((other) => other.checks === one.checks && other.who !== OURS);
    return [
      `${one.checks} checks / 10 s, ${one.who}`, said(one.cpuSecondsPer1000, 2), one.who === OURS ? said(ratio(one.cpuSecondsPer1000, bare?.cpuSecondsPer1000 ?? null), 2) : '',
      said(one.lateP99Ms), `${one.made} of ${one.due}`, said(one.rssBytes / MIB),
    ];
  });
  return ['The cost of watching', drawTable([['', 'CPU s / 1000 checks', 'ours / bare', 'late p99 ms', 'made', 'RSS MiB'], ...rows])].join('\n');
}

function drawIdle(all: readonly IdleFigures[]): string {
  if (all.length === 0) return '';
  const sum = { who: 'both', rssBytes: all.reduce((total, one) => total + one.rssBytes, 0), cpuPercent: all.reduce((total, one) => total + one.cpuPercent, 0) };
  const rows = [...all, sum].map(({ who, rssBytes, cpuPercent }) => [who, said(rssBytes / MIB, 1), said(cpuPercent, 2)]);
  return ['At rest beside one healthy app, ten checks a minute', drawTable([['', 'RSS MiB', 'CPU %'], ...rows])].join('\n');
}

function drawPm2(all: readonly Pm2Figures[]): string {
  if (all.length === 0) return '';
  const rows = all.map(({ release, way, failed, brokenMs, served, seconds }) => [`${release}, ${way}`, said(failed), said(brokenMs), said(served), said(seconds, 1)]);
  return ['Two workers in cluster mode started anew under ten customers; the release that runs then …', drawTable([['', 'failed', 'broken ms', 'served', 'seconds'], ...rows])].join('\n');
}

function drawRedis(all: readonly RedisFigures[]): string {
  if (all.length === 0) return '';
  const rows = all.map(({ way, left, seconds, worstMs }) => [way, said(left), said(seconds, 2), said(worstMs, 1)]);
  return ['900,000 keys of a cache among a million, and what another client felt', drawTable([['', 'keys left', 'seconds', 'worst GET ms'], ...rows])].join('\n');
}

function drawPostgres(all: readonly PostgresFigures[]): string {
  if (all.length === 0) return '';
  const rows = all.map(({ way, clearMs, ended, failed }) => [way, clearMs === null ? 'never' : said(clearMs, 1), said(ended), said(failed)]);
  return ['Ten that wait for one idle in its transaction, among ten others; medians', drawTable([['', 'ms until clear', 'sessions ended', 'waiters that failed'], ...rows])].join('\n');
}

function drawRollback(all: readonly RollbackFigures[]): string {
  if (all.length === 0) return '';
  const rows = all.map((one) => {
    const others = all.filter((other) => other.mode === one.mode && !other.ours);
    const compared = one.ours ? [said(ratio(one.first.median, best(others.map(({ first }) => first.median))), 2), said(ratio(one.all.median, best(others.map((other) => other.all.median))), 2)] : ['', ''];
    return [`${one.mode}, ${one.way}`, said(one.first.median), said(one.first.p95), said(one.all.median), said(one.all.p95), said(one.typed.median), said(one.failed.median), said(one.failed.p95), said(one.brokenMs.median), ...compared];
  });
  const head = ['', 'first good', 'p95', 'all good', 'p95', 'of it typing', 'failed', 'p95', 'for ms', 'first: ours / pm2 deploy', 'all: ours / pm2 deploy'];
  return ['From the yes, typed in a terminal, to good answers of a page that is broken, and what fails on the way of one that is not, under ten customers; medians, milliseconds', drawTable([head, ...rows])].join('\n');
}
