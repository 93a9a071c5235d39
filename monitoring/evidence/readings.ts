import type { Json } from '../../src/domain/json.js';
import type { Collector } from './collector.js';

/** The last samples of each check, with their values by name: what was bad, and what it was before. */
export const readings: Collector<readonly Json[]> = {
  kind: 'readings',
  collect: async (subject) => subject.readings.map(({ check, fields, samples }) => ({
    check,
    samples: samples.map(({ at, verdict, ms, values, note }) => ({ at: new Date(at).toISOString(), verdict, ms, note, ...Object.fromEntries(fields.map((field, n) => [field, values[n] ?? null])) })),
  })),
};
