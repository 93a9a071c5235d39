import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Series } from '../../src/cards/series.js';
import { sayTime } from './say.js';

/** The band reaches from nothing to where nearly all answers stay when the app is healthy. */
const [P95, NOTHING] = [3, 4];

const seconds = (at: string): number => Date.parse(at) / 1_000;

/** Draws it into `place`, as wide as that is, and again when its width changes; gives how to end it. */
export function drawPlot(place: HTMLElement, { points, usual, from, to }: Series, height: number): () => void {
  const style = getComputedStyle(place);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } };
  const level = (ms: number | undefined): (number | null)[] => points.map(() => ms ?? null);
  const plot = new uPlot({
    width: place.clientWidth, height, legend: { show: false }, cursor: { show: false },
    scales: { x: { range: [seconds(from), seconds(to)] }, y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [{ ...axis, space: 90, values: (_plot, all) => all.map((at) => sayTime(new Date(at * 1_000).toISOString(), to)) }, { ...axis, size: 64, values: (_plot, all) => all.map((ms) => `${ms} ms`) }],
    series: [
      {},
      { stroke: colour('--link'), width: 2 },
      { stroke: colour('--soft'), width: 1, dash: [3, 3] },
      { stroke: 'transparent' }, { stroke: 'transparent' },
    ],
    bands: [{ series: [P95, NOTHING], fill: colour('--band') }],
  }, [points.map(({ at }) => seconds(at)), points.map(({ meanMs }) => meanMs), points.map(({ maxMs }) => maxMs), level(usual?.p95Ms), level(usual === null ? undefined : 0)], place);
  const resized = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }));
  resized.observe(place);
  return () => {
    resized.disconnect();
    plot.destroy();
  };
}
