import * as z from 'zod';
import { apiSchema } from './api-schema.js';
import { appSchema, httpAsk } from './app-schema.js';
import { absolutePath, duration, entries, list, noneOrMany, resourceName, section, webUrl, wholeNumber } from './fields.js';
import { hostSchema, postgresSchema, redisSchema } from './infrastructure-schema.js';
import { jobsSchema } from './job-schema.js';
import { maintenanceSchema } from './maintenance-schema.js';
import { onCallSchema } from './on-call-schema.js';
import { personSchema } from './people-schema.js';
import { policySchema } from './policy-schema.js';
import type { Units } from './units.js';
import { timeWindow } from './window-schema.js';

const MAX_APPS = 100;
const MAX_DEPENDENCIES = 100;
const MAX_TIERS = 10;
const MAX_PEOPLE = 500;
const MAX_WINDOWS = 20;

/** The whole file. What its parts cannot see alone is checked in cross-checks.ts. */
export function configSchema(units: Units) {
  return z.strictObject({
    host: hostSchema(units).prefault({}).describe('This host: its name, or a mapping that also says how it is watched'),
    data_dir: absolutePath().optional().describe('Where hypercare keeps what it remembers; default: $HYPERCARE_HOME or ~/.hypercare'),
    pm2_home: absolutePath().optional().describe('Home of the PM2 that runs the apps; default: $PM2_HOME or ~/.pm2'),
    apps: entries(resourceName(), appSchema(units), MAX_APPS).prefault({}).describe('What is watched, repaired and rolled back'),
    dependencies: entries(resourceName(), dependencySchema(), MAX_DEPENDENCIES).prefault({})
      .describe('What apps need and nobody here can mend: while one is down, its apps are left alone'),
    redis: redisSchema(units).describe('Redis servers that apps use: watched, and repaired'),
    postgres: postgresSchema(units).describe('PostgreSQL databases that apps use: watched, and repaired'),
    jobs: jobsSchema(),
    watch: watch().prefault({}).describe('When is measured'),
    policy: policySchema(units.repairs).prefault({}).describe('What may be done, and who must say yes'),
    maintenance: maintenanceSchema().prefault([]).describe('Times in which nothing is repaired by itself and nobody is called; measuring goes on'),
    people: list(personSchema(), MAX_PEOPLE).prefault([]),
    quiet_hours: noneOrMany(quietHours(), MAX_WINDOWS).describe('Times in which people hear of what is critical alone; the rest is told when they are over'),
    on_call: onCallSchema().optional().describe('Who is called by name, in turns; without this all approvers are'),
    channels: channels(units.channels).optional().describe('Where people are told and asked; default: the console, and each that its secrets in .env alone set up'),
    keep: section({
      raw: duration('1h', '90d').prefault('7d').describe('Every sample'),
      rollups: duration('1d', '3650d').prefault('400d').describe('Ten-minute summaries'),
      history: duration('1d', '3650d').prefault('90d').describe('Incidents that are over, with their repairs and messages, requests and launches; the audit is kept for ever'),
    }).prefault({}).describe('How long things are remembered'),
    log: section({ format: z.enum(['text', 'json']).default('text'), level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
    api: apiSchema().optional().describe('The HTTP API, metrics and health, served by the bot; without this nothing listens'),
    heartbeat: webUrl().optional().describe('Called about once a minute while the monitor runs: somebody outside notices when it falls silent'),
  });
}

export type ConfigSchema = ReturnType<typeof configSchema>;
export type ConfigFile = z.output<ConfigSchema>;
export type AppFile = ConfigFile['apps'][string];
export type DependencyFile = ConfigFile['dependencies'][string];

function dependencySchema() {
  const whole = z.strictObject({
    url: webUrl(),
    every: duration('500ms', '1h').prefault('30s'),
    ...httpAsk('2s'),
  });
  return z.union([whole, webUrl().transform((url) => whole.parse({ url }))]);
}

function quietHours() {
  return timeWindow().refine(({ from, to }) => from !== to && to - from !== 1_440, { error: 'leaves no time of the day in which anything else is told' });
}

function watch() {
  const tier = z.strictObject({ until: duration('1s', '90d'), every: duration('500ms', '90d') });
  return section({
    tiers: z.array(tier).min(1).max(MAX_TIERS).optional().describe('How often a launch is measured, and until when after it began'),
    confirm: section({
      every: duration('100ms', '1m').prefault('1s'),
      bad: wholeNumber(1, 20).default(3).describe('So many bad readings in a row open an incident'),
      good: wholeNumber(1, 20).default(2).describe('So many good ones close it'),
    }).prefault({}).describe('What is odd is measured again quickly before it counts'),
    hot: duration('1m', '72h').prefault('2h').describe('How long trouble brings back the cadence of the first tier'),
    after_storm: duration('0s', '6h').prefault('10m').describe('How long after a storm nothing is repaired by itself: half of the apps bad at once, or something they use'),
    settle: duration('0s', '1h').prefault('30s').describe('How long after a deploy or a repair nothing counts: a slow start is no fault'),
    warm_up: duration('0s', '6h').prefault('10m').describe('How long after a launch values do not count for the baseline'),
  });
}

/** Kinds whose options are a plain mapping are closed too: an unknown key is refused in every corner of the file. */
function channels(kinds: Units['channels']) {
  const closed = Object.entries(kinds).map(([kind, options]) => {
    const strict: z.ZodType = options instanceof z.ZodObject && options.def.catchall === undefined ? options.strict() : options;
    return [kind, z.preprocess((input) => input ?? {}, strict).optional()] as const;
  });
  return section(Object.fromEntries(closed));
}
