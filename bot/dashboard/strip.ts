import { h, type ComponentChild } from 'preact';
import type { SeriesPoint } from '../../src/cards/series.js';

const SHAPE = { good: 'good', bad: 'bad', unknown: 'odd', error: 'odd' } as const;

/** A bar for each point: its height tells what its colour does. The words above it and the table below say the same. */
export function Strip({ points }: { readonly points: readonly SeriesPoint[] }): ComponentChild {
  return h('div', { class: 'strip', 'aria-hidden': 'true' }, points.map(({ at, verdict }) => h('i', { key: at, class: SHAPE[verdict] })));
}
