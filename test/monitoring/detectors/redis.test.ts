import { describe, expect, it } from 'vitest';
import { redis } from '../../../monitoring/detectors/redis.js';
import type { Series } from '../../../monitoring/detectors/detector.js';
import { redis as probe } from '../../../monitoring/probes/redis.js';
import { REDIS_FAULTS, sayRedisFault, type RedisFault } from '../../../src/domain/redis-fault.js';
import { inputOf, NOW, type Happening } from './build.js';

const MIB = 1_048_576;

/** A reading; what is not said is as in a server that is well. */
function reading(values: Readonly<Record<string, number>> = {}, fault: RedisFault | null = null): Happening {
  const well: Readonly<Record<string, number>> = { fault: 0, used_bytes: 10 * MIB, max_bytes: 100 * MIB, evicts: 0, evicted: 0, rejected: 0, clients: 5, max_clients: 10_000, blocked_clients: 3, save_failed: 0, link_down: 0, replicas: 0, ops_per_s: 100, uptime_ms: 3_600_000 };
  const all = { ...well, ...values, ...(fault ? { fault: REDIS_FAULTS.indexOf(fault) + 1 } : {}) };
  return { verdict: fault ? 'bad' : 'good', values: probe.fields.map((field) => all[field as keyof typeof all] ?? null), note: fault && sayRedisFault(fault) };
}

function times(count: number, one: (n: number) => Happening): readonly Happening[] {
  return Array.from({ length: count }, (_, n) => one(n));
}

function seriesOf(happenings: readonly Happening[]): Series {
  const samples = happenings.map((one, n) => ({ ...one, checkId: 1, ms: 1, at: NOW - (happenings.length - 1 - n) * 30_000 }));
  return { check: { id: 1, name: 'redis', probe: 'redis', options: {}, critical: true, trusted: true }, fields: probe.fields, samples, baseline: null };
}

function claims(happenings: readonly Happening[], open: readonly string[] = []) {
  return redis.detect(inputOf(redis.options.parse({}), { series: [seriesOf(happenings)], open }));
}

describe('a Redis whose users cannot work', () => {
  it.each(REDIS_FAULTS)('is critical, and named by its fault: %s', (fault) => {
    expect(claims(times(3, () => reading({}, fault)))).toMatchObject([{ state: 'present', kind: `redis-${fault}`, severity: 'critical', emergency: false, title: expect.stringContaining(sayRedisFault(fault)) }]);
  });

  it('is not claimed on one bad reading, and stands while two good ones are missing', () => {
    const full = reading({}, 'full');
    expect(claims([reading(), full, full])).toEqual([]);
    expect(claims([full, full, full, reading()], ['redis-full:redis'])).toEqual([]);
    expect(claims([full, full, full, reading(), reading()], ['redis-full:redis'])).toEqual([{ state: 'absent', fingerprint: 'redis-full:redis' }]);
  });

  it('changes its name with its fault: what it was before is over', () => {
    const went = [...times(3, () => reading({}, 'full')), reading({}, 'down')];
    expect(claims(went, ['redis-full:redis'])).toMatchObject([{ state: 'absent', fingerprint: 'redis-full:redis' }, { state: 'present', fingerprint: 'redis-down:redis' }]);
  });

  it('opens when it is down and hung by turns', () => {
    expect(claims([reading({}, 'down'), reading({}, 'hung'), reading({}, 'down')])).toMatchObject([{ kind: 'redis-down', evidence: ['3 readings in a row, for 60 s', 'Look whether the server runs, and whether its address in hypercare.yaml is right.'] }]);
  });

  it('says how large its memory is', () => {
    expect(claims(times(3, () => reading({ max_bytes: 64 * MIB }, 'full')))).toMatchObject([{ title: 'its memory is full, so it refuses writes: 64 MiB' }]);
  });
});

describe('what deserves advice', () => {
  it.each<[string, string, (n: number) => Happening, string]>([
    ['memory that is nearly full and not evicted', 'redis-memory', () => reading({ used_bytes: 95 * MIB }), 'its memory is 95 % full, and then it refuses writes'],
    ['connections that were turned away', 'redis-rejecting', (n) => reading({ rejected: n * 4, max_clients: 50 }), 'it turned 4 connections away since the last look; it takes 50 at once'],
    ['a save that failed', 'redis-save-failed', () => reading({ save_failed: 1 }), 'it could not save its data: what is in it would be lost with it'],
    ['a replica without its primary', 'redis-replication', () => reading({ link_down: 1 }), 'it is a replica, and does not reach its primary'],
    ['a replica that went', 'redis-replication', (n) => reading({ replicas: n === 0 ? 2 : 1 }), '1 of 2 replicas are connected'],
    ['keys that went before their time', 'redis-evicting', (n) => reading({ evicts: 1, evicted: n * 9 }), 'it removed 9 keys before their time since the last look, because its memory is full'],
    ['a server that began anew', 'redis-restarted', (n) => reading({ uptime_ms: n === 0 ? 9_000_000 : n * 30_000 }), 'it began anew 90 s ago: a restart, or another server took over'],
  ])('is %s, and is never critical', (_, kind, one, title) => {
    const [claim, ...others] = claims(times(4, one));
    expect(others).toEqual([]);
    expect(claim).toMatchObject({ state: 'present', kind, title });
    expect(claim).not.toMatchObject({ severity: 'critical' });
  });

  it.each<[string, (n: number) => Happening]>([
    ['a cache that evicts: that is what it is for', (n) => reading({ evicts: 2, evicted: n * 500, used_bytes: 100 * MIB })],
    ['workers of a queue that wait', () => reading({ blocked_clients: 40 })],
    ['counters that began anew with the server', (n) => reading({ rejected: 100 - n })],
    ['a server that is young and was never seen older', (n) => reading({ uptime_ms: n * 30_000 })],
    ['a server without a limit', () => reading({ max_bytes: 0, used_bytes: 900 * MIB })],
  ])('is not %s', (_, one) => {
    expect(claims(times(5, one))).toEqual([]);
  });

  it('is over when the counter stands still', () => {
    expect(claims([...times(4, (n) => reading({ rejected: n })), reading({ rejected: 3 }), reading({ rejected: 3 })], ['redis-rejecting:advice:redis'])).toEqual([{ state: 'absent', fingerprint: 'redis-rejecting:advice:redis' }]);
  });
});
