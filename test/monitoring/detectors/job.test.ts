import { describe, expect, it } from 'vitest';
import { job } from '../../../monitoring/detectors/job.js';
import type { Series } from '../../../monitoring/detectors/detector.js';
import { job as probe } from '../../../monitoring/probes/job.js';
import type { Verdict } from '../../../src/domain/check.js';
import { inputOf, NOW } from './build.js';

const at = (verdict: Verdict, what: 'failed' | 'late' | 'overrun' | null, note: string | null = null) => ({ verdict, note, values: probe.fields.map((field) => (field === what ? 1 : 0)) });
const series = (readings: readonly ReturnType<typeof at>[], critical = false): Series => ({
  check: { id: 1, name: 'ping', probe: 'job', options: {}, critical, trusted: true }, fields: probe.fields, baseline: null,
  samples: readings.map((one, n) => ({ ...one, checkId: 1, at: NOW - (readings.length - n) * 30_000, ms: null })),
});
const detect = (readings: readonly ReturnType<typeof at>[], { open = [], critical = false }: { readonly open?: readonly string[]; readonly critical?: boolean } = {}) => job.detect(inputOf({}, { series: [series(readings, critical)], open }));

describe('a job', () => {
  it.each(['failed', 'late', 'overrun'] as const)('that is %s is told with the first reading, in the words of the reading', (what) => {
    expect(detect([at('good', null), at('bad', what, 'so it is')])).toEqual([{ state: 'present', fingerprint: 'job:ping', kind: `job-${what}`, severity: 'warning', emergency: false, title: 'so it is', evidence: ['last seen well 60 s ago'] }]);
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
