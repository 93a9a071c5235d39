import type { Verdict } from './check.js';

/** What was measured in one stretch of time. */
export interface Point extends Readonly<Record<Verdict, number>> {
  /** When it begins. */
  readonly at: number;
  /** Readings that took a time, their sum and the longest; null: none did. */
  readonly timed: number;
  readonly msSum: number;
  readonly msMax: number | null;
}

/** Two parts of one stretch as one. */
export function addPoint(a: Point | null, b: Point): Point {
  if (a === null) return b;
  return {
    at: a.at, good: a.good + b.good, bad: a.bad + b.bad, unknown: a.unknown + b.unknown, error: a.error + b.error,
    timed: a.timed + b.timed, msSum: a.msSum + b.msSum, msMax: a.msMax === null ? b.msMax : Math.max(a.msMax, b.msMax ?? 0),
  };
}

export function meanMs({ timed, msSum }: Pick<Point, 'timed' | 'msSum'>): number | null {
  return timed === 0 ? null : msSum / timed;
}

/** The worst that was seen in it: one bad reading among a hundred good ones is shown. */
export function worstOf({ bad, error, unknown }: Readonly<Record<Verdict, number>>): Verdict {
  if (bad > 0) return 'bad';
  if (error > 0) return 'error';
  return unknown > 0 ? 'unknown' : 'good';
}

/** So long is one point that at most `most` of them fill the time, and no shorter than a minute. */
export function stepFor(forMs: number, most: number): number {
  return Math.max(60_000, Math.ceil(forMs / most / 60_000) * 60_000);
}
