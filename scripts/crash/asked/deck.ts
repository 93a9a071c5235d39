import { DEATHS, seeded, shuffled } from '../draw.js';
import { CLOCK, sayKind, sayPoint, type KillPoint } from '../kill-point.js';
import type { TraceLine } from '../trace.js';
import type { Road } from './road.js';
import type { Job } from './run-asked.js';

/** What a run without a death went through on a road. */
export interface Walked {
  readonly road: Road;
  readonly trace: readonly TraceLine[];
}

/** A run that is not numbered yet. */
export type Dealt = Omit<Job, 'n'>;

/** How often each program and each step that takes long is cut short, at drawn moments. */
const CUTS = 2;
/** A step that is over sooner than this is met in its middle once, or never. */
const LONG_MS = 20;
const SHORT_MS = 3;
/** Of all runs so many find workers that serve. */
const SERVING = 0.4;
/** Of the drawn runs so many die by the clock, which finds them anywhere. */
const BY_CLOCK = 0.15;

/**
 * First every place of every road, shuffled, so that a few runs are a fair sample; then draws of one to five deaths, the
 * roads in turn. The same seed and the same walks give the same runs.
 */
export function jobsOf(walked: readonly Walked[], seed: number, runs: number): readonly Dealt[] {
  const random = seeded(seed);
  const places = walked.flatMap(({ road, trace }) => placesOf(trace, random).map((point) => dealt(road, [point], random)));
  const draws = walked.map(({ road, trace }) => ({ road, draw: drawing(trace, random) }));
  const drawn = Array.from({ length: Math.max(0, runs - places.length) }, (_, n) => {
    const { road, draw } = draws[n % draws.length] as (typeof draws)[number];
    return dealt(road, draw(), random);
  });
  return [...shuffled(places, random), ...drawn].slice(0, runs);
}

/** Deaths of one's own instead of drawn ones, on each of these roads in turn. */
export function jobsAt(roads: readonly Road[], points: readonly KillPoint[], runs: number): readonly Dealt[] {
  return Array.from({ length: runs }, (_, n) => dealt(roads[n % roads.length] as Road, points, () => n % 2));
}

/** Only workers that serve are reloaded. */
function dealt(road: Road, points: readonly KillPoint[], random: () => number): Dealt {
  const serves = random() < SERVING;
  const asks = (verb: string): boolean => points.some(({ what }) => what === `pm2 ${verb}`);
  const said = points.map(sayPoint);
  return { road, points: points.filter((point, n) => said.indexOf(sayPoint(point)) === n), serving: asks('reload') || (serves && !asks('restart')) };
}

/**
 * Around each step of the journal: before its row, between row and act, in the middle of the act and of each program it
 * runs, between act and receipt, after the receipt; and around what begins and ends the remediation.
 */
export function placesOf(trace: readonly TraceLine[], random: () => number): readonly KillPoint[] {
  return passages(trace).flatMap(({ what, nth, took }) => whensOf(what, took, random).map((cut) => ({ who: 'monitor' as const, what, nth, ...cut })));
}

interface PassedOnce {
  readonly what: string;
  readonly nth: number;
  readonly at: number;
  readonly took: number;
}

/** Whatever was reached since the remediation began, numbered as over the whole life. */
function passages(trace: readonly TraceLine[]): readonly PassedOnce[] {
  const counts = new Map<string, number>();
  const begun = trace.findIndex(({ line, what }) => line === 'reached' && what.includes('remediations=running'));
  return trace.flatMap(({ line, what, at }, index) => {
    if (line !== 'reached') return [];
    const nth = (counts.get(what) ?? 0) + 1;
    counts.set(what, nth);
    const ended = trace.slice(index + 1).find((later) => later.line === 'ended' && later.what === what);
    return index < begun ? [] : [{ what, nth, at, took: (ended?.at ?? at) - at }];
  });
}

type Cut = Pick<KillPoint, 'when' | 'lateMs'>;

function whensOf(what: string, took: number, random: () => number): readonly Cut[] {
  const times = took < SHORT_MS ? 0 : took < LONG_MS ? 1 : CUTS;
  const cuts = (when: 'during' | 'torn'): readonly Cut[] => Array.from({ length: times }, () => ({ when, lateMs: Math.floor(took * random()) }));
  if (what.startsWith('pm2 ')) return [{ when: 'during' }];
  if (what.startsWith('run ')) return [...cuts('during'), ...cuts('torn')];
  if (/^(?:act|undo) /.test(what)) return [{ when: 'before' }, ...cuts('during')];
  if (what === 'steps=intended') return [{ when: 'before' }];
  return /^steps=|remediations=/.test(what) ? [{ when: 'before' }, { when: 'after' }] : [];
}

/** One to five deaths of all that can be died at; each kind of place is as likely as any other, however seldom it is reached. */
function drawing(trace: readonly TraceLine[], random: () => number): () => readonly KillPoint[] {
  const passed = passages(trace);
  const kinds = new Map<string, KillPoint[]>();
  for (const { what, nth, took } of passed) {
    const anywhere: readonly Cut[] = [{ when: 'before' }, { when: 'after' }, ...whensOf(what, took, random).filter(({ when }) => when === 'during' || when === 'torn')];
    for (const point of anywhere.map((cut) => ({ who: 'monitor' as const, what, nth, ...cut }))) kinds.set(sayKind(point), [...(kinds.get(sayKind(point)) ?? []), point]);
  }
  const pools = [...kinds.values()];
  const spanMs = (passed.at(-1)?.at ?? 0) - (passed[0]?.at ?? 0);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  return () => {
    if (random() < BY_CLOCK) return [{ who: 'monitor', what: CLOCK, nth: 1 + Math.floor(random() * spanMs), when: 'after' }];
    return Array.from({ length: pick(DEATHS) }, () => pick(pick(pools)));
  };
}
