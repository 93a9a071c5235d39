/** One PM2 process, its fields chosen and checked; never PM2's raw object, which carries the app's whole environment. */
export interface Pm2Process {
  readonly pmId: number;
  readonly name: string;
  readonly pid: number;
  /** 'online', 'launching', 'stopping', 'stopped', 'errored', 'waiting restart', 'one-launch-status'. */
  readonly status: string;
  readonly mode: 'fork' | 'cluster';
  /** Wall clock when its current run began, milliseconds. */
  readonly startedAt: number;
  /** Changes when PM2 makes the entry anew (update, resurrect). */
  readonly uniqueId: string;
  readonly restarts: number;
  readonly exitCode: number | null;
  /** Resident set in bytes; null unless online. */
  readonly memoryBytes: number | null;
  /** Percent of one core; null unless online. */
  readonly cpuPercent: number | null;
  readonly eventLoopP95Ms: number | null;
  readonly heapUsedBytes: number | null;
  /** Requests a second over the last minute or so, as PM2's agent counts them; null unless online, and where it counts none. */
  readonly requestsPerS: number | null;
  readonly execPath: string;
  readonly cwd: string;
  readonly nodeVersion: string | null;
  readonly maxMemoryRestartBytes: number | null;
  /** False when PM2 would leave it dead after it exits; killing such a process ends it. */
  readonly autorestart: boolean;
  /** What can be triggered in this run, by name: PM2's agent offers some ('km:heapdump'), the app itself others ('gc'). */
  readonly actions: readonly string[];
  /** The files PM2 writes its output and its errors to; null where it says none. */
  readonly outLog: string | null;
  readonly errLog: string | null;
}

/**
 * What PM2's bus told, once per happening (PM2 says some things twice). An exit is `manual` when PM2 was asked to end
 * the process, and `overMemory` when PM2 did so itself because of max_memory_restart.
 */
export type Pm2Event =
  | {
      readonly kind: 'exit';
      readonly name: string;
      readonly pmId: number;
      readonly at: number;
      readonly manual: boolean;
      readonly overMemory: boolean;
      readonly code: number | null;
      readonly signal: string | null;
      /** Names the run that ended (pm2-bus.ts), the same from the bus and from two lists (pm2-missed.ts). */
      readonly dedupe: string;
    }
  | { readonly kind: 'online'; readonly name: string; readonly pmId: number; readonly at: number; readonly dedupe: string }
  | { readonly kind: 'overlimit'; readonly name: string; readonly pmId: number; readonly at: number; readonly dedupe: string }
  | { readonly kind: 'exception'; readonly name: string; readonly pmId: number; readonly at: number; readonly text: string; readonly dedupe: string }
  | { readonly kind: 'connected' | 'lost'; readonly at: number };

/** One run of one instance. */
export type Pm2Run = Pick<Pm2Process, 'pmId' | 'pid' | 'startedAt'>;

export interface ReloadOptions {
  /** This instance alone. */
  readonly pmId?: number;
  /** The new runs get this max_memory_restart; PM2 takes up a changed one with a new run alone. */
  readonly maxMemoryRestartBytes?: number;
}

/**
 * One PM2 home, spoken to over one held connection. Every call has a deadline; after one passed the connection is
 * dropped, and what was asked counts as unknown. It never starts a daemon: a dead one is the error `pm2.dead`.
 */
export interface Pm2 {
  readonly home: string;
  /** Is a daemon there that answers? Never throws, never starts one. */
  alive(): Promise<boolean>;
  list(): Promise<readonly Pm2Process[]>;
  /** Each of these acts on one process name; all of its instances. Resolves when PM2 says so, which proves nothing. */
  reload(name: string, options?: ReloadOptions): Promise<void>;
  restart(name: string, options?: Pick<ReloadOptions, 'pmId'>): Promise<void>;
  stop(name: string): Promise<void>;
  /** Signals one pid after checking that PM2 still lists it with that start time; false when it does not. */
  kill(process: Pm2Run, signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean>;
  /** Asks a run for one of its `actions`; false when PM2 no longer lists that run. Nothing is told of its end. */
  trigger(run: Pm2Run, action: string): Promise<boolean>;
  /** One more instance of this name, like the first. */
  addInstance(name: string): Promise<void>;
  /** Ends one run and takes its instance out of PM2's list; false when PM2 no longer lists that run. */
  removeInstance(run: Pm2Run): Promise<boolean>;
  /** The held bus; events from before the subscription are not given. Returns how to stop. */
  subscribe(listen: (event: Pm2Event) => void): Promise<() => void>;
  close(): Promise<void>;
}
