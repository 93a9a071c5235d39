import { z } from 'zod';
import { mendPostgresFault, POSTGRES_FAULTS, sayPostgresFault, type PostgresFault } from '../../src/domain/postgres-fault.js';
import { valueNamed } from '../../src/domain/series.js';
import type { Detector, Series } from './detector.js';
import { postgresAdvice } from './postgres-advice.js';
import { faultClaims } from './server-fault.js';

const options = z.object({
  /** So many bad readings in a row open it, and so many good ones close it. */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  idleMs: z.int().min(1).default(5 * 60_000),
  longQueryMs: z.int().min(1).default(10 * 60_000),
  lagMs: z.int().min(1).default(60_000),
  /** As whom hypercare asks it; null: its address does not say. */
  role: z.string().nullable().default(null),
});

type Options = z.output<typeof options>;

/**
 * A PostgreSQL whose users cannot work now is critical, and the way in which they cannot names the incident. What the apps
 * do not feel yet is advice, and holds nothing back.
 */
export const postgres: Detector<Options> = {
  kind: 'postgres',
  options,
  detect: (input) => input.series.filter(({ check }) => check.probe === 'postgres').flatMap((series) => [
    ...faultClaims(series, input, { kind: 'postgres', faults: POSTGRES_FAULTS, title: (fault, newest) => (fault === 'hung' && newest.note !== null ? `${sayPostgresFault(fault)}: ${newest.note}` : (newest.note ?? sayPostgresFault(fault))), helps: (fault) => whatHelps(fault, series) }),
    ...postgresAdvice(series, input),
  ]),
};

function whatHelps(fault: PostgresFault, { fields, samples }: Series): readonly string[] {
  const last = (name: string): number | null => samples.findLast(({ values }) => valueNamed(fields, values, name) !== null)?.values[fields.indexOf(name)] ?? null;
  const newest = (name: string): number | null => valueNamed(fields, samples.at(-1)?.values ?? [], name);
  const limit = last('limit');
  if (fault === 'saturated') return [...(newest('pool_of') === 0 ? ['no one app here has more than half of them idle, so none is restarted for it'] : []), `the instances of all apps, each times the size of its pool, should come to less than ${limit === null ? 'max_connections' : limit - 1}`, mendPostgresFault(fault)];
  return [...(fault === 'blocked' ? [`${last('chain') ?? 0} sessions stand in the longest row`] : []), mendPostgresFault(fault)];
}
