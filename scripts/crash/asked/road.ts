import type { ReleaseName } from './app-history.js';
import type { Mode } from './ground.js';

/** One way a rollback can take. */
export interface Road {
  readonly name: string;
  readonly mode: Mode;
  /** Its target dies at its boot, so that it has to come back. */
  readonly back: boolean;
  /** The target's directory is gone, and is built again first. */
  readonly builds: boolean;
}

export const ROADS: readonly Road[] = [
  { name: 'releases', mode: 'releases', back: false, builds: false },
  { name: 'releases-built', mode: 'releases', back: false, builds: true },
  { name: 'releases-back', mode: 'releases', back: true, builds: false },
  { name: 'in-place', mode: 'in-place', back: false, builds: false },
  { name: 'in-place-back', mode: 'in-place', back: true, builds: false },
];

export function targetFrom(road: Road, from: ReleaseName): ReleaseName {
  if (road.back) return 'broken';
  return from === 'one' ? 'two' : 'one';
}
