import { CLOCK, WHENS, type KillPoint, type When, type Who } from './kill-point.js';
import type { TraceLine } from './trace.js';

/** What a run without deaths goes through: how often each transaction and act is reached. */
export type Path = Readonly<Record<Who, ReadonlyMap<string, number>>>;

/** Out of ten runs: one with a death by the clock, which finds it anywhere, and one in which both die at once. */
const BY_CLOCK = 0.1;
const BOTH_AT_ONCE = 0.1;
const CLOCK_SPAN_MS = 14_000;
/** How many deaths a run has: one for half of them, up to five for a few. */
export const DEATHS: readonly number[] = [1, 1, 1, 1, 1, 2, 2, 3, 4, 5];
/** How long the person thinks before the yes. A yes after twelve seconds finds workers that serve, and no longer young ones. */
const THINKS_MS: readonly number[] = [0, 0, 0, 0, 0, 12_000];

/** What is drawn for one run. */
export interface Draw {
  readonly points: readonly KillPoint[];
  readonly thinkMs: number;
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function countPath(trace: readonly TraceLine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { line, what } of trace) if (line === 'reached') counts.set(what, (counts.get(what) ?? 0) + 1);
  return counts;
}

/**
 * Deals the deaths of one run after another, as from a shuffled deck: each kind of place comes once before any comes
 * again, so that rare transactions are tried as often as the plain writing of samples.
 */
export function dealer(path: Path, random: () => number): () => Draw {
  let deck: Kind[] = [];
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const deal = (): KillPoint => {
    if (deck.length === 0) deck = shuffled(kindsOf(path), random);
    const { who, what, when, times } = deck.pop() as Kind;
    return { who, what, when, nth: 1 + Math.floor(random() * times) };
  };
  return () => {
    const thinkMs = pick(THINKS_MS);
    const dice = random();
    const ms = 100 + Math.floor(random() * CLOCK_SPAN_MS);
    if (dice >= BY_CLOCK + BOTH_AT_ONCE) return { thinkMs, points: Array.from({ length: pick(DEATHS) }, deal) };
    const all: readonly Who[] = dice < BY_CLOCK ? ['monitor'] : ['monitor', 'bot'];
    return { thinkMs, points: all.map((who) => ({ who, what: CLOCK, nth: ms, when: 'after' })) };
  };
}

interface Kind {
  readonly who: Who;
  readonly what: string;
  readonly when: When;
  readonly times: number;
}

function kindsOf(path: Path): readonly Kind[] {
  const reached = (['monitor', 'bot'] as const).flatMap((who) => [...path[who]].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => ({ who, what, times })));
  return reached.flatMap((one) => WHENS.filter((when) => when === 'before' || when === 'after' || (when === 'during' && one.what.startsWith('pm2 '))).map((when) => ({ ...one, when })));
}

export function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all.map((one) => ({ one, at: random() })).sort((a, b) => a.at - b.at).map(({ one }) => one);
}
