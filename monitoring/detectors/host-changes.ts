import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { growthOf } from '../../src/domain/growth.js';
import { verdictSide } from '../../src/domain/streak.js';
import type { DetectorInput, Series } from './detector.js';
import { dirAt, valuesOf, type Values } from './host-levels.js';
import type { HostOptions } from './host-options.js';

/** A disk is filling when, at the pace of the last half hour or longer, it is full within so long. */
const FULL_WITHIN_MS = 6 * 3_600_000;
/** Over again once there is twice as much time, or it no longer grows. */
const OVER_FACTOR = 2;
/** Below this nothing is said: a deploy or a backup writes much, and ends. */
const FILLING_FROM_PERCENT = 70;
/** A growth of less, in points of the whole disk, is noise. */
const FILLING_POINTS = 1;
const GROWTH = { spanMs: 30 * 60_000, minPoints: 15, share: 0 } as const;
/** Against both steady clocks: time is kept nearer than this on any machine. */
const JUMP_MS = 30_000;
/** What happened once is told so long. */
const TOLD_MS = 30 * 60_000;

interface Read {
  readonly at: number;
  readonly values: Values;
}

/** What no single reading shows: a disk that fills, a clock that jumped, processes that the kernel ended. */
export function changesOf(series: Series, input: DetectorInput<HostOptions>): readonly Claim[] {
  const reads = series.samples.filter((sample) => verdictSide(sample) !== null).map((sample: Sample): Read => ({ at: sample.at, values: valuesOf(series.fields, sample) }));
  return [...filling(reads, series, input), ...once(series, input, 'host-clock', jumpIn(reads, input.now)), ...once(series, input, 'host-memory-killed', killsIn(reads, input.now))];
}

function filling(reads: readonly Read[], { check }: Series, { options: rule, open }: DetectorInput<HostOptions>): readonly Claim[] {
  const fingerprint = `host-disk-filling:${check.name}`;
  const points = reads.flatMap(({ at, values }) => (values('disk_percent') === null ? [] : [{ x: at, y: values('disk_percent') as number }]));
  const newest = reads.at(-1)?.values;
  const growth = growthOf(points, { ...GROWTH, amount: FILLING_POINTS });
  if (newest === undefined || growth === 'short') return [];
  const used = newest('disk_percent') ?? 0;
  const leftMs = growth === 'flat' || growth.perMs <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, 100 - used) / growth.perMs;
  const stands = open.has(fingerprint) ? leftMs < FULL_WITHIN_MS * OVER_FACTOR : leftMs < FULL_WITHIN_MS && used >= FILLING_FROM_PERCENT;
  if (!stands || growth === 'flat') return open.has(fingerprint) ? [{ state: 'absent', fingerprint }] : [];
  if (!check.trusted) return [];
  return [{
    state: 'present', fingerprint, kind: 'host-disk-filling', severity: 'warning', emergency: false,
    title: `the disk of ${dirAt(newest('disk_of'), rule)} is ${Math.floor(used * 10) / 10} % full, and full in ${sayDuration(leftMs)} at this pace`,
    evidence: [`it grew by ${growth.by.toFixed(1)} points of its size in ${sayDuration(growth.overMs)}`],
  }];
}

interface Happened {
  readonly at: number;
  readonly kind: string;
  readonly severity: 'info' | 'warning';
  readonly title: string;
  readonly evidence: string;
}

function once({ check }: Series, { open }: DetectorInput<HostOptions>, name: string, happened: Happened | 'none' | 'unknown'): readonly Claim[] {
  const fingerprint = `${name}:${check.name}`;
  if (happened === 'unknown') return [];
  if (happened === 'none') return open.has(fingerprint) ? [{ state: 'absent', fingerprint }] : [];
  const { kind, severity, title, evidence } = happened;
  return check.trusted ? [{ state: 'present', fingerprint, kind, severity, emergency: false, title, evidence: [evidence] }] : [];
}

/** Readings of one life of ours and one boot of the machine, two by two. */
function pairs(reads: readonly Read[], now: number): readonly (readonly [Read, Read])[] {
  return reads.slice(1).flatMap((b, n) => {
    const a = reads[n] as Read;
    return b.at > now - TOLD_MS && grew(a, b, 'own_ms') !== null && grew(a, b, 'machine_ms') !== null ? [[a, b] as const] : [];
  });
}

/** How much a count grew between two readings; null where it is not there, or began anew. */
function grew(a: Read, b: Read, name: string): number | null {
  const [from, to] = [a.values(name), b.values(name)];
  return from === null || to === null || to < from ? null : to - from;
}

/**
 * The wall clock went another way than our own steady clock and the machine's uptime, which agree. A machine that slept
 * is told by its uptime, which goes on: that is no jump.
 */
function jumpIn(reads: readonly Read[], now: number): Happened | 'none' | 'unknown' {
  if (reads.length < 2) return 'unknown';
  const jumps = pairs(reads, now).map(([a, b]) => {
    const wall = b.at - a.at;
    const off = [wall - (grew(a, b, 'own_ms') ?? wall), wall - (grew(a, b, 'machine_ms') ?? wall)];
    return { at: b.at, by: off.reduce((least, one) => (Math.abs(one) < Math.abs(least) ? one : least)) };
  });
  const newest = jumps.findLast(({ by }) => Math.abs(by) >= JUMP_MS);
  if (!newest) return 'none';
  const ahead = newest.by > 0;
  return {
    at: newest.at, kind: 'host-clock', severity: 'info', title: `the clock jumped ${ahead ? 'ahead' : 'back'} by ${sayDuration(Math.abs(newest.by))}`,
    evidence: 'what is timed by it, like sessions, certificates and cron, may be early or late; timedatectl shows whether it is kept right',
  };
}

function killsIn(reads: readonly Read[], now: number): Happened | 'none' | 'unknown' {
  if (reads.length < 2) return 'unknown';
  const kills = pairs(reads, now).map(([a, b]) => ({ at: b.at, count: grew(a, b, 'oom_kills') ?? 0 })).filter(({ count }) => count > 0);
  const count = kills.reduce((sum, kill) => sum + kill.count, 0);
  if (count === 0) return 'none';
  return {
    at: kills.at(-1)?.at ?? now, kind: 'host-memory', severity: 'warning', title: `the kernel ended ${count === 1 ? 'one process' : `${count} processes`} for want of memory`,
    evidence: 'PM2 shows such an end as SIGKILL; journalctl -k names the process',
  };
}
