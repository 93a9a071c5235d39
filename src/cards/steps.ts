import { sayDuration } from '../domain/duration.js';
import type { Prepared } from '../domain/plan.js';

const MOST_STEPS = 12;
const MOST_NOTES = 12;

/** '1. pm2 reload shop (at most 30 s)', one line a step: what is hashed is what is read. */
export function sayStep(step: Prepared['does'][number], index: number): string {
  return `${index + 1}. ${step.does} (at most ${sayDuration(step.timeoutMs)})`;
}

/** The steps as a list under a heading. */
export function drawSteps(heading: string, does: Prepared['does']): string {
  const more = does.length > MOST_STEPS ? [`… and ${does.length - MOST_STEPS} more`] : [];
  return [heading, ...does.slice(0, MOST_STEPS).map(sayStep), ...more].join('\n');
}

/** What people should know before they say yes, the largest harm and the way back. */
export function drawCaution(prepared: Pick<Prepared, 'bounds' | 'wayBack' | 'notes'>): string {
  const harm = Object.entries(prepared.bounds).map(([what, most]) => `${most} ${most === 1 ? what.replace(/s$/, '') : what}`);
  return [
    ...prepared.notes.slice(0, MOST_NOTES),
    ...(harm.length > 0 ? [`At most ${harm.join(', ')}.`] : []),
    prepared.wayBack === null ? 'There is no way back from it.' : `Way back: ${prepared.wayBack}`,
  ].join('\n');
}
