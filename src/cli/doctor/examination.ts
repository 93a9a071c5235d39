import type { LoadedConfig } from '../../config/load.js';
import type { Pm2Process } from '../../io/pm2.js';

/** What one examination has to say. What is not `ok` says what to do about it. */
export type Remark = { readonly state: 'ok'; readonly says: string } | { readonly state: 'warn' | 'fail'; readonly says: string; readonly fix: string };

/** What is examined. */
export interface Machine {
  readonly now: number;
  /** Name of the operating-system user. */
  readonly user: string;
  readonly pm2Home: string;
  /** What PM2 runs, hypercare's own left out and only counted; where it does not answer, why. */
  readonly pm2: { readonly processes: readonly Pm2Process[]; readonly own: number } | { readonly silent: string };
  /** Null: there is no hypercare.yaml. */
  readonly config: LoadedConfig | null;
  readonly dataDir: string;
  /** The root of the file system: '/', but in tests. */
  readonly root: string;
}

/** Looks at one thing of the machine, and changes nothing. */
export interface Examination {
  readonly name: string;
  examine(machine: Machine): Promise<readonly Remark[]>;
}

export function ok(says: string): Remark {
  return { state: 'ok', says };
}

export function warn(says: string, fix: string): Remark {
  return { state: 'warn', says, fix };
}

export function fail(says: string, fix: string): Remark {
  return { state: 'fail', says, fix };
}

/** Nothing where PM2 does not answer: its own examination tells that. */
export function processesOf({ pm2 }: Machine): readonly Pm2Process[] {
  return 'processes' in pm2 ? pm2.processes : [];
}

/** 'shop, web and 3 more'. */
export function named(names: readonly string[]): string {
  const MOST = 5;
  const all = [...new Set(names)];
  return all.length <= MOST ? all.join(', ') : `${all.slice(0, MOST).join(', ')} and ${all.length - MOST} more`;
}
