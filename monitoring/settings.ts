import type { Config, LimitsConfig } from '../src/config/config.js';
import { misfit } from '../src/config/misfit.js';
import { optionsByStored, watchList } from '../src/config/watch-list.js';
import type { Resource } from '../src/domain/resource.js';
import { defaultRunbooks } from './runbooks/index.js';
import type { AppConfig, Settings, Units } from './stages/stage.js';

/** How long checks stay at the confirmation cadence, in confirmations. */
const CONFIRMATIONS = 30;
/** While an incident is open its checks are measured this many times slower than confirmations. */
const OPEN_FACTOR = 10;
const YOUNG_MS = 10 * 60_000;

/** The intervals and rules of a config, as the stages take them. */
export function settingsOf(config: Config, repairs: Units['repairs']): Settings {
  const shipped = defaultRunbooks(Object.keys(repairs));
  const { watch } = config;
  return {
    tiers: watch.tiers,
    confirmEveryMs: watch.confirm.everyMs,
    confirmForMs: watch.confirm.everyMs * CONFIRMATIONS,
    whileOpenMs: watch.confirm.everyMs * OPEN_FACTOR,
    hotMs: watch.hotMs,
    afterStormMs: watch.afterStormMs,
    maintenance: config.maintenance,
    settleMs: watch.settleMs,
    pressedPercent: config.pressedPercent,
    warmUpMs: watch.warmUpMs,
    youngMs: YOUNG_MS,
    policy: config.policy,
    ladder: (kind, resource) => ((resource.config as unknown as AppConfig).runbook?.[kind] ?? shipped[kind] ?? []).filter(({ repair }) => isFor(repairs[repair], resource.kind)),
    detectorOptions: (detector, resource) => optionsOf(detector, resource, config),
    urlOf: (name) => config.infrastructure.find((one) => one.name === name)?.url ?? null,
    smokeOf: (name) => config.apps.find((one) => one.name === name)?.release?.smoke ?? null,
    tagsReleasesOf: (name) => config.apps.find((one) => one.name === name)?.release?.tag ?? false,
    rehearseEveryMsOf: (name) => config.apps.find((one) => one.name === name)?.release?.rehearseEveryMs ?? null,
    keep: config.keep,
    misfit,
    optionsOf: optionsByStored(watchList(config).checks),
  };
}

function isFor(repair: Units['repairs'][string] | undefined, kind: Resource['kind']): boolean {
  return repair !== undefined && (repair.target === kind || repair.mends === kind);
}

/** What a detector is given: the installation's counts for confirmation, and the limits of the app, or the options of the server it is for. */
function optionsOf(detector: string, resource: Pick<Resource, 'kind' | 'config'>, config: Config): Readonly<Record<string, unknown>> {
  const { options, limits: own } = resource.config as unknown as Partial<AppConfig>;
  const limits = own as unknown as LimitsConfig | undefined;
  const confirm = { bad: config.watch.confirm.bad, good: config.watch.confirm.good };
  if (detector === resource.kind) return { ...confirm, ...options };
  switch (detector) {
    case 'endpoint-failing':
    case 'all-endpoints-failing':
    case 'hang':
    case 'process-down':
    case 'standstill':
    case 'pm2-daemon':
    case 'rate-limit':
    case 'descriptors':
      return confirm;
    case 'latency':
      return { ...confirm, ...(limits?.latencyMs ? { limitMs: limits.latencyMs } : {}), ...(limits?.latencyRatio ? { ratio: limits.latencyRatio } : {}) };
    case 'memory':
      return limits?.memoryBytes ? { limitBytes: limits.memoryBytes } : {};
    case 'crash-loop':
      return limits?.restarts ? { windows: [{ restarts: limits.restarts.count, withinMs: limits.restarts.withinMs }] } : {};
    default:
      return {};
  }
}
