import type { Incident } from './incident.js';
import type { LaunchView } from './launch-view.js';

/** What a sign-off is made from: the launch, how healthy it was, and what is left to do. */
export interface LaunchReport {
  readonly view: LaunchView;
  /** The app's scores while it was watched, oldest first, each until the next; null: nothing was known. */
  readonly scores: readonly { readonly at: number; readonly score: number | null }[];
  /** What is worth mending at the app and at what it uses, and asks for nothing now. */
  readonly advice: readonly { readonly resource: string; readonly title: Incident['title'] }[];
}

/** At the beginning, at its lowest with when that began, and at the end; null where no number was known. */
export function scoreCourse({ scores }: Pick<LaunchReport, 'scores'>): { readonly first: number; readonly lowest: { readonly score: number; readonly at: number }; readonly last: number } | null {
  const known = scores.flatMap(({ at, score }) => (score === null ? [] : [{ at, score }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return null;
  const lowest = known.reduce((least, one) => (one.score < least.score ? one : least));
  return { first: first.score, lowest, last: last.score };
}

/** The lowest score in each of so many equal parts of the time; null where nothing was known in it. */
export function scoreCurve({ scores, view: { launch } }: Pick<LaunchReport, 'scores' | 'view'>, parts: number, now: number): readonly (number | null)[] {
  const until = launch.endedAt ?? now;
  const width = Math.max(1, until - launch.startedAt) / parts;
  return Array.from({ length: parts }, (_, n) => {
    const [from, to] = [launch.startedAt + n * width, launch.startedAt + (n + 1) * width];
    const standing = scores.findLast(({ at }) => at <= from);
    const within = scores.filter(({ at }) => at > from && at <= to);
    const known = [...(standing ? [standing] : []), ...within].flatMap(({ score }) => score ?? []);
    return known.length === 0 ? null : Math.min(...known);
  });
}
