import { z } from 'zod';
import type { Card } from '../../src/cards/card.js';

/** What was posted last of a thing, where nothing that was posted can be edited. */
export const TOLD = z.object({ level: z.enum(['good', 'info', 'warning', 'critical']), chapter: z.string() });
export type Told = z.infer<typeof TOLD>;

/** A recovery ranks lowest: nobody is woken for it. */
const RANK: Readonly<Record<Card['level'], number>> = { good: 0, info: 0, warning: 1, critical: 2 };

export function toldOf(card: Card): Told {
  return { level: card.level, chapter: chapterOf(card) };
}

/**
 * Whether a version of a card is worth a message of its own: that it asks, what became of the question, that people are
 * needed, that it got worse and that it is over. That it counts on, or is repaired without asking, is not. A launch's
 * hours and end are posted anew anyway, and what goes wrong in it has a card of its own.
 */
export function isNews(card: Card, last: Told | null): boolean {
  if (last === null) return true;
  if (card.about?.kind === 'launch') return false;
  if (chapterOf(card) !== last.chapter || RANK[card.level] > RANK[last.level]) return true;
  return card.level === 'good' && last.level !== 'good';
}

function chapterOf({ about }: Card): string {
  if (about === undefined) return '';
  if (about.asked !== null) return `asking ${about.asked.id}`;
  return about.state === 'repairing' ? 'open' : about.state;
}
