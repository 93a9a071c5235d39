import { request } from 'node:http';
import { systemClock } from '../../src/io/clock.js';

/** A customer comes so often, waits so long for an answer, and so many may wait at once. */
const EVERY_MS = 20;
const PATIENCE_MS = 250;
const MOST_WAITING = 50;
/** So many right answers in a row are an app that is well. */
const WELL = 5;

interface Visit {
  readonly at: number;
  /** When the answer was there, or when it was given up. */
  readonly endedAt: number;
  readonly good: boolean;
}

/** A customer who looks at one page again and again, on a connection of his own each time; he knows of no monitor. */
export interface Outside {
  /** When the first visit began that went wrong after `since`; null: none did so far. */
  brokenAt(since: number): number | null;
  /** When the first good answer came to a visit that began after `since`; null: none did so far. */
  goodAt(since: number): number | null;
  /** When the first of five good answers in a row came, after the app was broken; null: not yet. */
  healedAt(since: number): number | null;
  isWell(): boolean;
  stop(): void;
}

export function watchOutside(url: string): Outside {
  const visits: Visit[] = [];
  let waiting = 0;
  const timer = setInterval(() => {
    if (waiting >= MOST_WAITING) return;
    waiting += 1;
    void visit(url).then((one) => {
      waiting -= 1;
      visits.push(one);
    });
  }, EVERY_MS);
  const since = (from: number) => visits.filter(({ at }) => at >= from).toSorted((a, b) => a.at - b.at);
  const brokenAt = (from: number) => since(from).find(({ good }) => !good)?.at ?? null;
  return {
    brokenAt,
    goodAt: (from) => since(from).filter(({ good }) => good).map(({ endedAt }) => endedAt).toSorted((a, b) => a - b)[0] ?? null,
    healedAt(from) {
      const broken = brokenAt(from);
      if (broken === null) return null;
      const after = since(broken);
      const first = after.findIndex((_, n) => n + WELL <= after.length && after.slice(n, n + WELL).every(({ good }) => good));
      return after[first]?.endedAt ?? null;
    },
    isWell: () => visits.length >= WELL && visits.slice(-WELL).every(({ good }) => good),
    stop: () => clearInterval(timer),
  };
}

function visit(url: string): Promise<Visit> {
  const at = systemClock.now();
  return new Promise((resolve) => {
    const end = (good: boolean) => {
      resolve({ at, endedAt: systemClock.now(), good });
      asking.destroy();
    };
    const asking = request(url, { agent: false, timeout: PATIENCE_MS }, (answer) => {
      answer.resume();
      answer.on('end', () => end(answer.statusCode === 200));
      answer.on('error', () => end(false));
    });
    // A connection that trickles is cut off too.
    setTimeout(() => end(false), PATIENCE_MS).unref();
    asking.on('error', () => end(false));
    asking.end();
  });
}
