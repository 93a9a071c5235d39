import { sayKind, sayPoint } from '../kill-point.js';
import type { AskedRan } from './run-asked.js';

export function sayAsked({ n, road, ms, points, died, outcome, serving, wrong }: AskedRan): string {
  const missed = points.filter((point) => !died.includes(point));
  const deaths = points.length === 0 ? 'no deaths' : `${died.length} deaths${died.length > 0 ? `: ${died.map(sayPoint).join(' ')}` : ''}`;
  const untouched = missed.length > 0 ? ` · never got to ${missed.map(sayPoint).join(' ')}` : '';
  return `run ${n}  ${road.name}${serving ? ', workers that serve' : ''}  ${wrong.length === 0 ? `whole, ${outcome}` : 'BROKEN'}  ${(ms / 1000).toFixed(1)} s  ${deaths}${untouched}${wrong.map((one) => `\n    ${one}`).join('')}`;
}

export function summaryOfAsked(runs: readonly AskedRan[], tookMs: number): string {
  const kinds = new Map<string, { died: number; broken: number }>();
  for (const { road, died, wrong } of runs) {
    for (const point of died) {
      const name = `${road.mode}  ${sayKind(point)}`;
      const kind = kinds.get(name) ?? { died: 0, broken: 0 };
      kinds.set(name, { died: kind.died + 1, broken: kind.broken + (wrong.length > 0 ? 1 : 0) });
    }
  }
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(1)} s`;
  const deaths = runs.reduce((sum, { died }) => sum + died.length, 0);
  const roads = [...new Set(runs.map(({ road }) => road.name))].map((name) => ofRoad(name, runs.filter(({ road }) => road.name === name)));
  const lines = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, { died, broken }]) => `  ${String(died).padStart(4)} deaths${broken > 0 ? `, ${broken} in broken runs` : ''}  ${kind}`);
  return [`${runs.length} runs, ${deaths} deaths at ${kinds.size} kinds of places, ${runs.filter(({ wrong }) => wrong.length > 0).length} broken; a run took ${seconds(times[Math.floor(times.length / 2)])} (median), ${seconds(times.at(-1))} at most, all of them ${seconds(tookMs)}`, ...roads, ...lines].join('\n');
}

function ofRoad(name: string, runs: readonly AskedRan[]): string {
  const count = (outcome: AskedRan['outcome']): number => runs.filter((one) => one.outcome === outcome).length;
  return `  ${name}: ${runs.length} runs; afterwards ${count('new')} on the new release, ${count('old')} on the old one${count('unclear') > 0 ? `, ${count('unclear')} on neither` : ''}`;
}

export function sayAskedAgain({ road, points }: AskedRan, seed: number): string {
  return `seed ${seed}; again: npm run crash -- rollback --road ${road.name} --runs 5${points.length > 0 ? ` --at '${points.map(sayPoint).join(',')}'` : ' --seed 0'}`;
}
