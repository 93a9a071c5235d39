import type { HostId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import type { Resource } from '../../src/domain/resource.js';
import type { Tier } from '../../src/domain/tiers.js';
import type { Clock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import type { Logger } from '../../src/io/log.js';
import type { SelfCheck } from '../../src/io/self-check.js';
import type { MaintenanceWindow } from '../../src/policy/maintenance.js';
import type { Policy } from '../../src/policy/policy.js';
import type { Glance } from '../../src/store/glance.js';
import type { Store } from '../../src/store/store.js';
import type { Detector } from '../detectors/detector.js';
import type { Effects } from '../effects.js';
import type { Collector } from '../evidence/collector.js';
import type { Readings } from '../readings.js';
import type { Probe } from '../probes/probe.js';
import type { Repair, SmokeCheck } from '../repairs/repair.js';

/** Intervals and rules of this installation; the same for every app but where an app's own config says otherwise. */
export interface Settings {
  readonly tiers: readonly Tier[];
  readonly confirmEveryMs: number;
  /** How long checks stay at the confirmation cadence after a reading that surprised. */
  readonly confirmForMs: number;
  /** Cadence of an app's checks while it has an open incident. */
  readonly whileOpenMs: number;
  /** How long trouble keeps a launch hot. */
  readonly hotMs: number;
  readonly settleMs: number;
  /** While something waits for a core in more of the last minute, an app that is merely slow is left alone. */
  readonly pressedPercent: number;
  readonly afterStormMs: number;
  readonly maintenance: readonly MaintenanceWindow[];
  /** Samples of a launch younger than this make no baseline. */
  readonly warmUpMs: number;
  /** An emergency in a release younger than this goes to the rollback at once. */
  readonly youngMs: number;
  readonly policy: Policy;
  /** Repairs to try, in order, for a kind of incident of one resource: those that are for its kind, or mend it at an app that uses it. */
  ladder(kind: string, resource: Pick<Resource, 'kind' | 'config'>): readonly RunbookRung[];
  /** How the server of this name is reached: it may hold user and password, so it is in this process's memory alone. Null: it has no address. */
  urlOf(name: string): string | null;
  /** How a release of the app of this name is started for a look; in this process's memory alone, as addresses are. Null: not declared. */
  smokeOf(name: string): SmokeCheck | null;
  /** How often the way back of the app of this name is rehearsed; null: only by hand. */
  rehearseEveryMsOf(name: string): number | null;
  /** Are releases of the app of this name that become stable written down as git tags? */
  tagsReleasesOf(name: string): boolean;
  /** Options of a detector for one resource, as its schema takes them. */
  detectorOptions(detector: string, resource: Pick<Resource, 'kind' | 'config'>): unknown;
  /** Why a repair's arguments do not fit its schema, in plain words; null: they fit. */
  misfit(schema: Repair<unknown>['args'], args: Json): string | null;
  /** What a check asks in full, by the options the store has of it: secrets are in this process's memory alone. */
  optionsOf(stored: Json): Json;
  readonly keep: { readonly rawMs: number; readonly rollupsMs: number; readonly historyMs: number };
}

/** The config of a resource, as the watch list writes it: of an app what is below, of a server its options and runbook. */
export interface AppConfig {
  readonly processes: readonly string[];
  readonly release: { readonly mode: 'releases' | 'in-place'; readonly dir: string; readonly repo: string | null; readonly configFiles: readonly string[]} | null;
  readonly limits: Json;
  readonly options?: Readonly<Record<string, Json>>;
  readonly runbook: Readonly<Record<string, readonly RunbookRung[]>>;
}

export interface RunbookRung {
  readonly repair: string;
  readonly args: Json;
}

export interface Units {
  readonly probes: Readonly<Record<string, Probe<unknown>>>;
  readonly detectors: Readonly<Record<string, Detector<unknown>>>;
  readonly repairs: Readonly<Record<string, Repair<unknown>>>;
  /** What is kept before the first touch. */
  readonly evidence: readonly Collector<Json>[];
}

/** What every stage is given. The store is the fenced one. */
export interface StageContext {
  readonly store: Store;
  readonly hostId: HostId;
  readonly fence: number;
  readonly clock: Clock;
  readonly io: Io;
  readonly log: Logger;
  readonly settings: Settings;
  readonly units: Units;
  readonly effects: Effects;
  readonly readings: Readings;
  /** Is what was read our own trouble? */
  readonly self: SelfCheck;
  /** Path of the file that holds every hand while it is there. */
  readonly freezeFile: string;
}

/** Loads rows, decides in pure functions, saves in one transaction. It takes no message, so a restart is its ordinary path. */
export interface Stage {
  readonly name: string;
  /** True: it works on incidents and plans alone, and is passed over while none is open. */
  readonly onlyWhenOpen?: boolean;
  /** Has it anything to do, as far as the glance shows? Without this it runs in each pass. */
  waits?(glance: Glance, now: number): boolean;
  /** True when it changed something that another stage may act on at once. */
  run(ctx: StageContext): Promise<boolean>;
  /** When it has to look again although nothing happens; null: never. */
  nextAt?(ctx: StageContext, glance: Glance): Promise<number | null>;
}

/** The repair that takes an app back to its last stable release. */
export const ROLLBACK = 'release.rollback';
/** The repair that brings another commit live: it is asked for by people alone. */
export const DEPLOY = 'release.deploy';
/** How repairs begin that let in again whom an app keeps out. */
export const LETS_IN = 'ratelimit.';
/** How the reason begins for which a launch was opened by a rollback. */
export const ROLLED_BACK_TO = 'rolled back to';

/** Due times that never come. */
export const NEVER = 8_640_000_000_000_000;
