import { sayDuration } from '../domain/duration.js';
import type { Prepared } from '../domain/plan.js';

const MOST_STEPS = 12;
const MOST_NOTES = 12;
/** What stands first matters most; all of it is under Details. */
const NOTES_IN_SHORT = 4;
// Paths of more than two parts; what is left of them tells one release from another.
const LONG_PATH = /(?:\/[^\s/“”",;:()]+){2,}(\/[^\s/“”",;:()]+\/[^\s/“”",;:()]+)/g;

/** '1. pm2 reload shop (at most 30 s)', one line a step: what is hashed is what is read. */
function sayStep(step: Prepared['does'][number], index: number): string {
  return `${index + 1}. ${step.does} (at most ${sayDuration(step.timeoutMs)})`;
}

/** The steps as a list under a heading. */
export function drawSteps(heading: string, does: Prepared['does']): string {
  const more = does.length > MOST_STEPS ? [`… and ${does.length - MOST_STEPS} more`] : [];
  return [heading, ...does.slice(0, MOST_STEPS).map(sayStep), ...more].join('\n');
}

/** What people should know before they say yes, the largest harm and the way back. */
export function drawCaution(prepared: Pick<Prepared, 'bounds' | 'wayBack' | 'notes'>): string {
  const harm = Object.entries(prepared.bounds).map(([what, most]) => `${most === 0 ? 'no' : most} ${most === 1 ? what.replace(/ies$/, 'y').replace(/(?<=[sx])es$|s$/, '') : what}`);
  return [
    ...prepared.notes.slice(0, MOST_NOTES),
    ...(harm.length > 0 ? [`At most ${harm.join(', ')}.`] : []),
    prepared.wayBack === null ? 'There is no way back from it.' : `Way back: ${prepared.wayBack}`,
  ].join('\n');
}

/** For a card on a phone: the ends of long paths are enough there. */
export function shortPaths(text: string): string {
  return text.replace(LONG_PATH, '…$1');
}

/** What people should know, in short. */
export function cautionInShort(prepared: Pick<Prepared, 'bounds' | 'wayBack' | 'notes'>): string {
  return shortPaths(drawCaution({ ...prepared, notes: prepared.notes.slice(0, NOTES_IN_SHORT) }));
}
