import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { DEFAULT_TIERS } from '../domain/tiers.js';
import type { Platform } from '../domain/person.js';
import type { ChannelConfig, Config, DependencyConfig, PersonConfig, WatchConfig } from './config.js';
import { toInfrastructure } from './infrastructure-schema.js';
import type { Lookup } from './interpolate.js';
import { toJob } from './job-schema.js';
import { toMaintenance } from './maintenance-schema.js';
import type { ConfigFile, DependencyFile } from './schema.js';
import { toPolicy } from './to-policy.js';
import { toApp, toAsk, type AppSurroundings } from './to-app.js';

const PLATFORMS: readonly Exclude<Platform, 'api' | 'web'>[] = ['terminal', 'slack', 'telegram'];

/** What the file leaves to its surroundings. */
export interface Surroundings extends Pick<AppSurroundings, 'shown'> {
  readonly home: string;
  readonly lookup: Lookup;
  /** MAX_ACTIONS_PER_HOUR; null: not set. */
  readonly mostPerHour: number | null;
  /** Where people are told when the file names no channel. */
  readonly defaultChannels: readonly ChannelConfig[];
}

/** The file as written and checked → the Config: short forms and defaults end here. */
export function toConfig(file: ConfigFile, around: Surroundings): Config {
  const absolute = (path: string): string => resolve(path.replace(/^~(?=\/|$)/, () => around.home));
  const dataDir = absolute(file.data_dir ?? around.lookup('HYPERCARE_HOME') ?? '~/.hypercare');
  const pm2Home = absolute(file.pm2_home ?? around.lookup('PM2_HOME') ?? '~/.pm2');
  const apps = Object.entries(file.apps).map(([name, app]) => toApp(name, app, { absolute, shown: around.shown }));
  return {
    host: file.host.name ?? hostname(),
    dataDir,
    pm2Home,
    apps,
    dependencies: Object.entries(file.dependencies).map(([name, dependency]) => toDependency(name, dependency, around)),
    jobs: Object.entries(file.jobs).map(([name, job]) => toJob(name, job)),
    infrastructure: toInfrastructure(file, { absolute, dataDir, pm2Home, apps }),
    pressedPercent: file.host.cpu,
    watch: toWatch(file.watch),
    policy: toPolicy(file.policy, around.mostPerHour),
    maintenance: file.maintenance.map(toMaintenance),
    people: file.people.map(toPerson),
    quietHours: file.quiet_hours,
    onCall: file.on_call ?? null,
    channels: file.channels === undefined ? around.defaultChannels : toChannels(file.channels),
    keep: { rawMs: file.keep.raw, rollupsMs: file.keep.rollups, historyMs: file.keep.history },
    log: file.log,
    heartbeatUrl: file.heartbeat ?? null,
    api: file.api === undefined ? null : { listen: file.api.listen, port: file.api.port, hosts: file.api.hosts, alertmanager: file.api.alertmanager, perSecond: file.api.per_second },
  };
}

function toDependency(name: string, dependency: DependencyFile, { shown }: Pick<Surroundings, 'shown'>): DependencyConfig {
  return { name, everyMs: dependency.every, ...toAsk({ ...dependency, bodyShown: shown(['dependencies', name, 'body']), samples: 1 }, dependency.url) };
}

function toWatch(watch: ConfigFile['watch']): WatchConfig {
  return {
    tiers: watch.tiers?.map((tier) => ({ untilMs: tier.until, everyMs: tier.every })) ?? DEFAULT_TIERS,
    confirm: { everyMs: watch.confirm.every, bad: watch.confirm.bad, good: watch.confirm.good },
    hotMs: watch.hot,
    afterStormMs: watch.after_storm,
    settleMs: watch.settle,
    warmUpMs: watch.warm_up,
  };
}

function toPerson(person: ConfigFile['people'][number]): PersonConfig {
  const accounts = PLATFORMS.flatMap((platform) => {
    const userId = person[platform];
    return userId === undefined ? [] : [{ platform, userId }];
  });
  const tokens = (person.api ?? []).map((userId) => ({ platform: 'api' as const, userId }));
  return { name: person.name, role: person.role, accounts: [...accounts, ...tokens] };
}

function toChannels(channels: NonNullable<ConfigFile['channels']>): readonly ChannelConfig[] {
  return Object.entries(channels).flatMap(([kind, options]) => (options === undefined ? [] : [{ kind, options }]));
}
