import { h, type ComponentChild } from 'preact';
import { bandOf } from '../../src/domain/health-score.js';
import { sayPart } from './say.js';

/** The arc begins and ends below: three quarters of a circle. */
const SHARE = 0.75;

interface Props {
  readonly name: string;
  readonly score: number | null;
  /** How many things are watched of it; 0: none. */
  readonly of: number;
  readonly size: number;
}

/** A number of 100 as an arc, its band's word beside the colour; the picture is nothing to who hears the words. */
export function Gauge({ name, score, of, size }: Props): ComponentChild {
  const r = size / 2 - size / 12;
  const round = 2 * Math.PI * r;
  const arc = { cx: size / 2, cy: size / 2, r, fill: 'none', 'stroke-width': size / 9, transform: `rotate(135 ${size / 2} ${size / 2})` };
  return h('li', { class: `gauge ${score === null ? 'unknown' : bandOf(score)}` }, [
    h('svg', { width: size, height: size * 0.87, viewBox: `0 0 ${size} ${size * 0.87}`, 'aria-hidden': 'true' }, [
      h('circle', { ...arc, class: 'track', 'stroke-dasharray': `${round * SHARE} ${round}` }),
      h('circle', { ...arc, class: 'value', 'stroke-dasharray': `${(round * SHARE * (score ?? 0)) / 100} ${round}` }),
      h('text', { x: size / 2, y: size / 2 + size / 10, 'text-anchor': 'middle', 'font-size': size / 3.6 }, score ?? '–'),
    ]),
    h('p', {}, [h('strong', {}, name), h('span', { class: 'hidden' }, score === null ? ': ' : ` ${score} of 100: `)]),
    h('p', { class: 'soft' }, sayPart({ score, of })),
  ]);
}
