import * as z from 'zod';
import type { Json } from '../domain/json.js';
import { duration, list } from './fields.js';

const MAX_OWN = 50;
const appName = z.string().max(63).regex(/^[\x20-\x7e]*[\x21-\x29\x2b-\x7e][\x20-\x7e]*$/, { error: 'must be an application_name, or a pattern like shop-*' });

/** What an entry of `postgres:` has beside its address, cadence and runbook. */
export const postgresFields = {
  timeout: duration('50ms', '1m').prefault('2s'),
  standby: z.boolean().default(false).describe('Whether it is a standby, which takes no changes'),
  blocked: duration('1s', '1h').prefault('15s').describe('How long one session may keep others waiting'),
  idle: duration('10s', '1d').prefault('5m').describe('How long a transaction may stand idle'),
  long_query: duration('10s', '7d').prefault('10m').describe('How long a query may run'),
  lag: duration('1s', '1d').prefault('1m').describe('How far a standby may be behind'),
  own: list(appName, MAX_OWN).prefault([]).describe('application_name of the sessions that repairs may end; * stands for any run of characters'),
};

/** As its probe, its detector and its repairs name them. */
export function postgresOptions(file: z.output<z.ZodObject<typeof postgresFields>>): Readonly<Record<string, Json>> {
  return { timeoutMs: file.timeout, standby: file.standby, blockedMs: file.blocked, idleMs: file.idle, longQueryMs: file.long_query, lagMs: file.lag, own: file.own };
}
