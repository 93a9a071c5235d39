import type { Card } from '../../../src/cards/card.js';
import type { BoardIncident } from '../../../src/cards/board.js';

const LEVEL: Readonly<Record<Card['level'], string>> = { critical: 'Critical', warning: 'Warning', info: 'Info', good: 'Good' };

/** A word for what else only a colour would tell. */
export function levelWord({ level, word }: Pick<Card, 'level' | 'word'>): string {
  return word ?? LEVEL[level];
}

export function severityWord({ severity, emergency }: Pick<BoardIncident, 'severity' | 'emergency'>): string {
  return emergency ? 'Emergency' : LEVEL[severity];
}

/** '2026-11-22 14:05' in UTC; a page without scripts knows no other zone. */
export function moment(at: string | null): string {
  return at === null ? '–' : at.slice(0, 16).replace('T', ' ');
}
