import * as z from 'zod';
import { runbook } from './app-schema.js';
import type { InfrastructureConfig } from './config.js';
import { duration, entries, resourceName } from './fields.js';
import { hostFields, hostOptions, type HostSurroundings } from './host-schema.js';
import { postgresFields, postgresOptions } from './postgres-schema.js';
import { redisFields, redisOptions } from './redis-schema.js';
import type { Units } from './units.js';
import { serverUrl } from './server-url.js';

/** The name under which the host is watched, and repaired. */
export const HOST_RESOURCE = 'host';

const MAX_SERVERS = 20;

type Known = Pick<Units, 'repairs' | 'incidents'>;

/** `redis:` and `postgres:`: by name an address alone, or a mapping. */
export function redisSchema(units: Known) {
  return servers(z.strictObject({ url: serverUrl(['redis', 'rediss', 'unix']), ...common(units), ...redisFields }));
}

export function postgresSchema(units: Known) {
  return servers(z.strictObject({ url: serverUrl(['postgres', 'postgresql']), ...common(units), ...postgresFields }));
}

/** `host:`: its name in messages, or a mapping that also says how it is watched. */
export function hostSchema(units: Known) {
  const name = z.string().regex(/^[\w.-]{1,63}$/, { error: 'must be a host name' });
  const whole = z.strictObject({ name: name.optional().describe("In messages; default: the machine's own"), ...common(units), every: every('1m'), ...hostFields });
  return z.union([whole, name.transform((text) => whole.parse({ name: text }))]);
}

function servers<T extends z.ZodType>(one: T) {
  return entries(resourceName(), z.union([one, z.string().transform((url, context) => {
    const read = one.safeParse({ url });
    if (read.success) return read.data;
    for (const { message } of read.error.issues) context.addIssue({ code: 'custom', message, input: url });
    return z.NEVER;
  })]), MAX_SERVERS).prefault({});
}

function common(units: Known) {
  return { every: every('30s'), runbook: runbook(units) };
}

function every(usual: string) {
  return duration('1s', '1h').prefault(usual).describe('How often it is measured');
}

type Servers<F extends (units: Known) => z.ZodType> = z.output<ReturnType<F>>;

export interface InfrastructureFile {
  readonly redis: Servers<typeof redisSchema>;
  readonly postgres: Servers<typeof postgresSchema>;
  readonly host: z.output<ReturnType<typeof hostSchema>>;
}

/** As written → as used. */
export function toInfrastructure({ redis, postgres, host }: InfrastructureFile, around: Omit<HostSurroundings, 'everyMs'>): readonly InfrastructureConfig[] {
  return [
    ...Object.entries(redis).map(([name, one]): InfrastructureConfig => ({ kind: 'redis', name, url: one.url, everyMs: one.every, options: redisOptions(one), runbook: one.runbook })),
    ...Object.entries(postgres).map(([name, one]): InfrastructureConfig => ({ kind: 'postgres', name, url: one.url, everyMs: one.every, options: postgresOptions(one), runbook: one.runbook })),
    { kind: 'host', name: HOST_RESOURCE, url: null, everyMs: host.every, options: hostOptions(host, { ...around, everyMs: host.every }), runbook: host.runbook },
  ];
}
