import { h, type ComponentChild } from 'preact';
import type { Board } from '../../src/cards/board.js';

const DAY_MS = 24 * 3_600_000;
const [WIDE, HIGH] = [288, 48];

/** The score over the last day, each until the next; the words beside it tell its lowest and its highest. */
export function Trend({ scores, at }: Pick<Board, 'scores' | 'at'>): ComponentChild {
  const now = Date.parse(at);
  const x = (time: number): number => Math.max(0, WIDE - ((now - time) / DAY_MS) * WIDE);
  const y = (score: number): number => HIGH - (score / 100) * HIGH;
  const steps = scores.map((one, n) => ({ from: x(Date.parse(one.at)), to: x(Date.parse(scores[n + 1]?.at ?? at)), score: one.score }));
  const lines = steps.flatMap(({ from, to, score }, n) => (score === null ? [] : [`${(steps[n - 1]?.score ?? null) === null ? `M${from} ${y(score)}` : `V${y(score)}`}H${to}`]));
  return h('svg', { class: 'trend', width: WIDE, height: HIGH + 4, viewBox: `0 -2 ${WIDE} ${HIGH + 4}`, 'aria-hidden': 'true' }, [
    h('path', { class: 'bands', d: `M0 ${HIGH * 0.1}H${WIDE}M0 ${HIGH * 0.3}H${WIDE}` }),
    h('path', { class: 'line', d: lines.join('') }),
  ]);
}
