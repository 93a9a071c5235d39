import { theilSen, type Point } from './statistics.js';

/** Part of a series in which a value only went up. `perMs` is its pace in the value's unit per millisecond. */
export interface Growth {
  readonly from: number;
  readonly by: number;
  readonly perMs: number;
  readonly overMs: number;
}

export interface GrowthRule {
  /** Shortest time that may be judged, milliseconds. */
  readonly spanMs: number;
  readonly minPoints: number;
  /** Growth below this share of the start, or below this amount, is none. */
  readonly share: number;
  readonly amount: number;
}

/** Five parts in each of which the floor must be higher: a step rises in one of them, a saw-tooth in none. */
const PARTS = 5;
/** The last part must rise by so much of the mean at least: an app that warms up over half an hour slows to 0.57 of it. */
const PLATEAU = 0.75;
/** The floor is taken over so many slices before the slope is, so that the teeth of a garbage collector fall away. */
const SLICES = 40;
/** A leak that began late hides in a long series: the newest span is looked at, and 4 and 12 times as much. */
const WINDOWS = [1, 4, 12] as const;

/**
 * Growth without end in points of rising x (milliseconds): the lower envelope rises through all five parts of one of
 * the windows, does not flatten, and its Theil–Sen slope amounts to more than the rule asks. 'short' where there are
 * too few points, or holes, for any window.
 */
export function growthOf(points: readonly Point[], rule: GrowthRule): Growth | 'flat' | 'short' {
  const last = points.at(-1);
  if (last === undefined) return 'short';
  let seen: 'flat' | 'short' = 'short';
  for (const times of WINDOWS) {
    const wanted = rule.spanMs * times;
    const recent = points.filter((point) => point.x >= last.x - wanted * 1.1);
    if (recent.length < rule.minPoints || last.x - (recent[0] as Point).x < wanted) continue;
    const growth = growthIn(recent, rule);
    if (typeof growth !== 'string') return growth;
    if (growth === 'flat') seen = 'flat';
  }
  return seen;
}

function growthIn(points: readonly Point[], rule: GrowthRule): Growth | 'flat' | 'short' {
  const floors = floorsOf(points, PARTS);
  if (floors.length < PARTS) return 'short';
  if (!risesThroughout(floors.map((floor) => floor.y))) return 'flat';
  const start = points[0] as Point;
  const overMs = (points.at(-1) as Point).x - start.x;
  const perMs = theilSen(floorsOf(points, SLICES)) ?? 0;
  const from = (floors[0] as Point).y;
  const growth = { from, by: perMs * overMs, perMs, overMs };
  return growth.by >= Math.max(rule.share * from, rule.amount) ? growth : 'flat';
}

function risesThroughout(floors: readonly number[]): boolean {
  const rises = floors.slice(1).map((floor, index) => floor - (floors[index] as number));
  const mean = ((floors.at(-1) as number) - (floors[0] as number)) / rises.length;
  return rises.every((rise) => rise > 0) && (rises.at(-1) as number) >= PLATEAU * mean;
}

/** The lowest point of each of `count` slices of equal time; slices without a point are left out. */
function floorsOf(points: readonly Point[], count: number): readonly Point[] {
  const from = (points[0] as Point).x;
  const width = ((points.at(-1) as Point).x - from) / count;
  const lowest = new Map<number, Point>();
  for (const point of points) {
    const slice = width === 0 ? 0 : Math.min(count - 1, Math.floor((point.x - from) / width));
    const known = lowest.get(slice);
    if (known === undefined || point.y < known.y) lowest.set(slice, point);
  }
  return [...lowest.entries()].sort(([a], [b]) => a - b).map(([, point]) => point);
}
