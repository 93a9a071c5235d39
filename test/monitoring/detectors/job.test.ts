import { describe, expect, it } from 'vitest';
import { job } from '../../../monitoring/detectors/job.js';
import type { Series } from '../../../monitoring/detectors/detector.js';
import { job as probe } from '../../../monitoring/probes/job.js';
import type { Verdict } from '../../../src/domain/check.js';
import { inputOf, NOW } from './build.js';

const at = (verdict: Verdict, what: 'failed' | 'late' | 'overrun' | null, note: string | null = null) => ({ verdict, note, values: probe.fields.map((field) => (field === what ? 1 : 0)) });
const series = (readings: readonly ReturnType<typeof at>[], critical = false): Series => ({
  check: { id: 1, name: 'ping', probe: 'job', options: { everyMs: 3_600_000, graceMs: 60_000, longestMs: 120_000 }, critical, trusted: true }, fields: probe.fields, baseline: null,
  samples: readings.map((one, n) => ({ ...one, checkId: 1, at: NOW - (readings.length - n) * 30_000, ms: null })),
});
const detect = (readings: readonly ReturnType<typeof at>[], { open = [], critical = false }: { readonly open?: readonly string[]; readonly critical?: boolean } = {}) => job.detect(inputOf({}, { series: [series(readings, critical)], open }));

describe('a job', () => {
  it.each([['failed', 'failed'], ['late', 'did not ping in time: every 1 h, 60 s late at most'], ['overrun', 'runs too long: it has not ended within 2 min of its start']] as const)('that is %s is told with the first reading, under a title that stays: %s', (what, title) => {
    expect(detect([at('good', null), at('bad', what, 'so it is')])).toEqual([{ state: 'present', fingerprint: 'job:ping', kind: `job-${what}`, severity: 'warning', emergency: false, title, evidence: ['so it is', 'last seen well 60 s ago'] }]);
  });

  it('is critical where the config says that users are hurt', () => {
    expect(detect([at('bad', 'late')], { critical: true })).toMatchObject([{ severity: 'critical', emergency: false }]);
  });

  it('is over with the first good reading, and not while nothing is known', () => {
    const open = ['job:ping'];
    expect(detect([at('bad', 'failed'), at('good', null)], { open })).toEqual([{ state: 'absent', fingerprint: 'job:ping' }]);
    expect(detect([at('bad', 'failed', 'so'), at('unknown', null), at('error', null)], { open })).toMatchObject([{ state: 'present' }]);
  });
});
