import { nearestWord } from '../domain/nearest.js';

/** How many known words a message lists. */
const MAX_LISTED = 20;

/** '; did you mean "endpoints"?' or ''. */
export function didYouMean(word: unknown, known: readonly string[]): string {
  const meant = typeof word === 'string' ? nearestWord(word, known) : null;
  return meant === null ? '' : `; did you mean ${JSON.stringify(meant)}?`;
}

/** 'a, b, c', cut after MAX_LISTED; 'nothing' for none. */
export function listed(words: readonly string[]): string {
  if (words.length === 0) return 'nothing';
  const more = words.length - MAX_LISTED;
  return words.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
