import { sayKind, sayPoint } from './kill-point.js';
import type { Ran } from './run.js';

export function sayRun({ n, ms, points, thinkMs, died, wrong }: Ran): string {
  const missed = points.filter((point) => !died.includes(point));
  const deaths = points.length === 0 ? 'no deaths' : `${died.length} deaths${died.length > 0 ? `: ${died.map(sayPoint).join(' ')}` : ''}`;
  const untouched = missed.length > 0 ? ` · never got to ${missed.map(sayPoint).join(' ')}` : '';
  return `run ${n}  ${wrong.length === 0 ? 'whole' : 'BROKEN'}  ${(ms / 1000).toFixed(1)} s  ${deaths}${untouched}${thinkMs > 0 ? ` · a yes after ${thinkMs / 1000} s` : ''}${wrong.map((one) => `\n    ${one}`).join('')}`;
}

/** Runs, deaths and failures, and then by kind of kill point. */
export function summary(runs: readonly Ran[]): string {
  const broken = runs.filter(({ wrong }) => wrong.length > 0);
  const deaths = runs.reduce((sum, { died }) => sum + died.length, 0);
  const unheard = runs.reduce((sum, one) => sum + one.unheard, 0);
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  const kinds = new Map<string, { died: number; broken: number }>();
  for (const { died, wrong } of runs) {
    for (const point of died) {
      const kind = kinds.get(sayKind(point)) ?? { died: 0, broken: 0 };
      kinds.set(sayKind(point), { died: kind.died + 1, broken: kind.broken + (wrong.length > 0 ? 1 : 0) });
    }
  }
  const lines = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, { died, broken: bad }]) => `  ${String(died).padStart(4)} deaths${bad > 0 ? `, ${bad} in broken runs` : ''}  ${kind}`);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  return [`${runs.length} runs, ${deaths} deaths at ${kinds.size} kinds of places, ${broken.length} broken; a run took ${(median / 1000).toFixed(1)} s (median), ${((times.at(-1) ?? 0) / 1000).toFixed(1)} s at most`, `${unheard} exits of workers were not heard, because the monitor was dead when PM2's bus told them`, ...lines].join('\n');
}

/** How a broken run is lived through again. */
export function sayAgain({ points }: Ran, { seed, story }: { readonly seed: number; readonly story: string }): string {
  return `seed ${seed}; again: npm run crash -- --story ${story} --runs 5${points.length > 0 ? ` --at '${points.map(sayPoint).join(',')}'` : ' --seed 0'}`;
}
