import { sayDuration } from '../../src/domain/duration.js';
import { bandOf } from '../../src/domain/health-score.js';
import type { PartScore } from '../../src/domain/health-score.js';
import type { BoardIncident } from '../../src/cards/board.js';

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** '14:05' of today, '20 Nov, 14:05' of another day, in the reader's zone. */
export function sayTime(at: string | null, now: string): string {
  if (at === null) return '–';
  const [then, today] = [new Date(at), new Date(now)];
  return (then.toDateString() === today.toDateString() ? CLOCK : DAY).format(then);
}

export function saySince(at: string, now: string): string {
  return sayDuration(Math.max(0, Date.parse(now) - Date.parse(at)));
}

/** A word for each colour. */
export function sayPart({ score, of }: Pick<PartScore, 'score' | 'of'>): string {
  if (score !== null) return bandOf(score);
  return of === 0 ? 'not watched' : 'not known';
}

export function saySeverity({ severity, emergency }: Pick<BoardIncident, 'severity' | 'emergency'>): string {
  return emergency ? 'Emergency' : { critical: 'Critical', warning: 'Warning', info: 'Info' }[severity];
}

export const LEVEL_WORD = { critical: 'Critical', warning: 'Warning', info: 'Info', good: 'Good' } as const;
