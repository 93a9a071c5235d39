import type { Card } from '../../../src/cards/card.js';

type Level = Card['level'];

interface Look {
  readonly rank: number;
  /** Colour alone is lost on the colour-blind, in a notification and in a screen reader, so a word stands with it. */
  readonly word: string;
  readonly symbol: string;
  readonly colour: string;
}

/** A recovery ranks lowest: nobody is woken for it. */
export const LEVELS: Readonly<Record<Level, Look>> = {
  good: { rank: 0, word: 'Good', symbol: '🟢', colour: '#2e7d32' },
  info: { rank: 0, word: 'Info', symbol: '🔵', colour: '#1565c0' },
  warning: { rank: 1, word: 'Warning', symbol: '🟠', colour: '#ef6c00' },
  critical: { rank: 2, word: 'Critical', symbol: '🔴', colour: '#c62828' },
};
