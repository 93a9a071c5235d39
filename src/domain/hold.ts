import { fits } from './glob.js';
import type { HoldId, HostId } from './ids.js';

/**
 * freeze: people stopped every hand · silence: nobody is called · maintenance: a planned window · flap: it comes and goes
 * by itself · storm: many at once, or what they need is bad · failures: repairs of one app or of this host mostly fail ·
 * restored: the store is an older copy, so that nobody knows what budgets would count.
 */
export type HoldKind = 'freeze' | 'silence' | 'maintenance' | 'flap' | 'storm' | 'failures' | 'restored';

/** Why nothing may act or speak for now. Measuring always goes on. */
export interface Hold {
  readonly id: HoldId;
  readonly hostId: HostId;
  readonly kind: HoldKind;
  /** Patterns of app names with `*`, divided by commas; '*' is everything. */
  readonly scope: string;
  /** A person, the freeze file's owner, or 'hypercare'. */
  readonly author: string;
  readonly reason: string;
  readonly from: number;
  /** Null: until it is lifted, or what caused it is over. */
  readonly until: number | null;
  /** When it ended and who or what ended it; null while it is not over. */
  readonly endedAt: number | null;
  readonly endedBy: string | null;
  /** What it is about, where two of it at once would be one too many. */
  readonly key: string | null;
}

export const EVERYTHING = '*';

export function covers({ scope }: Pick<Hold, 'scope'>, name: string): boolean {
  return scope.split(',').some((pattern) => fits(pattern, name));
}

export function holdsHands({ kind }: Pick<Hold, 'kind'>): boolean {
  return kind !== 'silence';
}

/** What people ask for by hand is held by a freeze alone: the others are brakes on what the machine does by itself. */
export function holdsPeopleToo({ kind }: Pick<Hold, 'kind'>): boolean {
  return kind === 'freeze';
}

export function holdsCalls({ kind }: Pick<Hold, 'kind'>): boolean {
  return kind === 'silence' || kind === 'maintenance';
}

/** hypercare itself stopped acting: nothing is repaired at all, or of many apps. */
export function isGrave({ kind }: Pick<Hold, 'kind'>): boolean {
  return kind === 'storm' || kind === 'failures' || kind === 'restored';
}

/** These end by themselves, and the incident waits for that; the others need people, who are called. */
export function isWaitedFor(kind: string): boolean {
  return kind === 'maintenance' || kind === 'flap' || kind === 'storm';
}

/** A reason that ends with the apps it is about, so that `appsNamed` finds them. */
export function namingApps(what: string, apps: readonly string[]): string {
  return `${what} (${apps.join(', ')})`;
}

/** The apps that a hold of hypercare's own is about: those in its scope, or in its reason where it holds all. */
export function appsNamed({ scope, reason }: Pick<Hold, 'scope' | 'reason'>): readonly string[] {
  if (scope !== EVERYTHING) return scope.split(',');
  return /\(([^()]+)\)$/.exec(reason)?.[1]?.split(', ') ?? [];
}
