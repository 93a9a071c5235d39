import { describe, expect, it } from 'vitest';
import { host } from '../../../monitoring/detectors/host.js';
import { host as probe } from '../../../monitoring/probes/host.js';
import type { Series } from '../../../monitoring/detectors/detector.js';
import type { Claim } from '../../../src/domain/finding.js';
import { inputOf, MINUTE, NOW } from './build.js';

const GIB = 1_073_741_824;
const DIRS = ['/srv/shop', '/var/lib/db'];

/** A healthy machine's values, by name. */
const WELL = {
  cpu_pressure: 5, load_per_core: 0.4, memory_percent: 40, memory_pressure: 0, swap_percent: 0, swapped_pages: 0, oom_kills: 0, disk_percent: 60, disk_free_bytes: 40 * GIB, disk_of: 0,
  inodes_percent: 10, free_inodes: 1e6, inodes_of: 0, descriptors_percent: 1, log_bytes: null as number | null,
};
type Values = Partial<typeof WELL & { machine_ms: number; own_ms: number; verdict: 'good' | 'bad' | 'error' }>;

/** Readings `everyMs` apart, the newest now; both steady clocks go with the wall clock unless told otherwise. */
function seriesOf(readings: readonly Values[], everyMs = MINUTE): Series {
  const samples = readings.map(({ verdict = 'good', ...change }, n) => {
    const since = n * everyMs;
    const values: Record<string, number | null> = { ...WELL, machine_ms: 1e9 + since, own_ms: 1_000 + since, ...change };
    return { checkId: 1, at: NOW - (readings.length - 1 - n) * everyMs, verdict, ms: null, note: null, values: probe.fields.map((name) => values[name] ?? null) };
  });
  return { check: { id: 1, name: 'host', probe: 'host', options: {}, critical: true, trusted: true }, fields: probe.fields, samples, baseline: null };
}

const options = host.options.parse({ dirs: DIRS });

function claims(readings: readonly Values[], open: readonly string[] = [], everyMs = MINUTE): readonly Claim[] {
  return host.detect(inputOf(options, { series: [seriesOf(readings, everyMs)], open: open.map((what) => `host-${what}:host`) }));
}

const times = (count: number, values: Values): readonly Values[] => Array.from({ length: count }, () => values);
const FULL: Values = { disk_percent: 96.24, disk_free_bytes: GIB, disk_of: 1, verdict: 'bad' };

describe('a disk', () => {
  it('is told after three readings, with its directory and what is left', () => {
    expect(claims(times(2, FULL))).toEqual([]);
    expect(claims(times(3, FULL))).toMatchObject([{ kind: 'host-disk-full', severity: 'warning', title: 'the disk of /var/lib/db is 96.2 % full, 1.0 GiB free' }]);
  });

  it('is critical once the next write may fail, and is never rounded up to full', () => {
    expect(claims(times(3, { ...FULL, disk_percent: 99.99 }))).toMatchObject([{ severity: 'critical', title: expect.stringContaining('99.9 % full') }]);
  });

  it('with much room left is no problem, however small a part of it that is', () => {
    expect(claims(times(9, { ...FULL, disk_free_bytes: 300 * GIB }))).toEqual([]);
  });

  it('is told until it is two points better for two readings, or has room', () => {
    const between = { ...FULL, disk_percent: 94, verdict: 'good' } as const;
    expect(claims([...times(3, FULL), ...times(3, between)], ['disk-full'])).toMatchObject([{ state: 'present' }]);
    expect(claims([...times(3, FULL), ...times(2, { ...FULL, disk_percent: 92, verdict: 'good' })], ['disk-full'])).toMatchObject([{ state: 'absent' }]);
    expect(claims([...times(3, FULL), ...times(2, { ...FULL, disk_free_bytes: 9 * GIB, verdict: 'good' })], ['disk-full'])).toMatchObject([{ state: 'absent' }]);
  });

  it('that can hold no more files is told whatever room it has', () => {
    expect(claims(times(3, { inodes_percent: 99.5, free_inodes: 12, inodes_of: 0, verdict: 'bad' }))).toMatchObject([{ kind: 'host-inodes', severity: 'critical', title: 'the disk of /srv/shop can hold only 12 more files, whatever room it has' }]);
  });

  it('that fills is told hours before, with the hour, and is over once it stops', () => {
    const filling = Array.from({ length: 40 }, (_, n) => ({ disk_percent: 80 + n * 0.1 }));
    expect(claims(filling)).toMatchObject([{ kind: 'host-disk-filling', severity: 'warning', title: expect.stringMatching(/^the disk of \/srv\/shop is 83\.[89] % full, and full in 2 h 4\d min at this pace$/) }]);
    expect(claims([...filling, ...times(40, { disk_percent: 83.9 })], ['disk-filling'])).toMatchObject([{ state: 'absent' }]);
  });

  it('that has much room, grows slowly, or rises and falls, is filling nothing', () => {
    expect(claims(Array.from({ length: 60 }, (_, n) => ({ disk_percent: 20 + n * 0.1 })))).toEqual([]);
    expect(claims(Array.from({ length: 60 }, (_, n) => ({ disk_percent: 80 + n * 0.01 })))).toEqual([]);
    expect(claims(Array.from({ length: 60 }, (_, n) => ({ disk_percent: 80 + (n % 20) * 0.3 })))).toEqual([]);
  });
});

describe('memory', () => {
  const short: Values = { memory_percent: 96, memory_pressure: 30, swap_percent: 90, verdict: 'bad' };

  it('is told where nothing is left and everything waits, and not for a moment', () => {
    expect(claims(times(30, short), [], 1_000)).toEqual([]);
    expect(claims(times(3, short))).toMatchObject([{ kind: 'host-memory', severity: 'critical', title: 'memory is 96 % used', evidence: [expect.any(String), '30 % of the time everything waits for memory', 'swap is 90 % used'] }]);
  });

  it('that is used well, and waited for by nobody, is no problem', () => {
    expect(claims(times(60, { memory_percent: 96 }))).toEqual([]);
    expect(claims(times(60, { memory_percent: 80, memory_pressure: 20 }))).toEqual([]);
  });

  it('for want of which the kernel ended processes is told for half an hour', () => {
    expect(claims([{}, {}, { oom_kills: 2 }, { oom_kills: 2 }])).toMatchObject([{ kind: 'host-memory', severity: 'warning', title: 'the kernel ended 2 processes for want of memory' }]);
    expect(claims([{}, ...times(35, { oom_kills: 2 })], ['memory-killed'])).toMatchObject([{ state: 'absent' }]);
    expect(claims([{ oom_kills: 5, machine_ms: 9e9 }, { oom_kills: 0 }, {}])).toEqual([]);
  });
});

describe('the cores', () => {
  it('of a build are no problem', () => {
    expect(claims([...times(60, {}), ...times(20, { cpu_pressure: 100, load_per_core: 8 })])).toEqual([]);
  });

  it('are told after half an hour, as advice', () => {
    expect(claims(times(32, { cpu_pressure: 97, load_per_core: 8 }))).toMatchObject([{ kind: 'host-cpu', severity: 'info', title: 'the cores are overloaded: 97 % of the time something waits for one' }]);
  });

  it('are judged by the uptime of the machine: a clock that was set forward makes nothing long', () => {
    expect(claims(times(32, { cpu_pressure: 97, machine_ms: 1e9 }))).toEqual([]);
  });
});

describe('the clock', () => {
  const jump = (wall: number, machine: number, own: number): readonly Claim[] =>
    host.detect(inputOf(options, { series: [{ ...seriesOf([{}, { machine_ms: 1e9 + machine, own_ms: 1_000 + own }], wall) }] }));

  it('that jumps ahead or back is told, with how far', () => {
    expect(jump(3_660_000, MINUTE, MINUTE)).toMatchObject([{ kind: 'host-clock', severity: 'info', title: 'the clock jumped ahead by 1 h' }]);
    expect(jump(1_000, 2 * MINUTE, 2 * MINUTE)).toMatchObject([{ title: 'the clock jumped back by 119 s' }]);
  });

  it('of a machine that slept did not jump, and neither did that of a monitor that was started anew', () => {
    expect(jump(3_660_000, 3_660_000, MINUTE)).toEqual([]);
    expect(jump(3_660_000, MINUTE, -900)).toEqual([]);
  });

  it('may be slewed by a few seconds', () => {
    expect(jump(MINUTE + 20_000, MINUTE, MINUTE)).toEqual([]);
  });
});

it('tells of descriptors and of logs, and says nothing of readings that failed', () => {
  expect(claims(times(3, { descriptors_percent: 95, verdict: 'bad' }))).toMatchObject([{ kind: 'host-descriptors', severity: 'warning' }]);
  expect(claims(times(3, { log_bytes: 3 * GIB }))).toMatchObject([{ kind: 'host-logs', severity: 'info', title: 'logs take up 3.0 GiB' }]);
  expect(claims([...times(3, { log_bytes: 3 * GIB }), ...times(10, { log_bytes: null })], ['logs'])).toMatchObject([{ state: 'present' }]);
  expect(claims(times(9, { ...FULL, verdict: 'error' }))).toEqual([]);
});
