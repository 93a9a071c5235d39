import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { mendRedisFault, REDIS_FAULTS, sayRedisFault, type RedisFault } from '../../src/domain/redis-fault.js';
import { valueNamed } from '../../src/domain/series.js';
import type { Detector, Series } from './detector.js';
import { redisAdvice } from './redis-advice.js';
import { faultClaims } from './server-fault.js';

const options = z.object({
  /** So many bad readings in a row open it, and so many good ones close it. */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
});

type Options = z.output<typeof options>;

/**
 * A Redis whose users cannot work now is critical, and the way in which they cannot names the incident. What the apps do
 * not feel yet is advice, and holds nothing back.
 */
export const redis: Detector<Options> = {
  kind: 'redis',
  options,
  detect: (input) => input.series.filter(({ check }) => check.probe === 'redis').flatMap((series) => [
    ...faultClaims(series, input, { kind: 'redis', faults: REDIS_FAULTS, title: (fault, newest) => `${sayRedisFault(fault)}${numbersOf(fault, series, newest)}`, helps: (fault) => [mendRedisFault(fault)] }),
    ...redisAdvice(series, input),
  ]),
};

function numbersOf(fault: RedisFault, { fields }: Series, { values }: Sample): string {
  const of = (name: string): number | null => valueNamed(fields, values, name);
  const [max, clients] = [of('max_bytes'), of('max_clients')];
  if (fault === 'full' && max !== null) return `: ${Math.round(max / 1_048_576)} MiB`;
  return fault === 'clients' && clients !== null ? `: it takes ${clients} at once` : '';
}
