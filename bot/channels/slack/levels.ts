import type { Card } from '../../../src/cards/card.js';

type Level = Card['level'];

interface Look {
  /** Colour alone is lost on the colour-blind, in a notification and in a screen reader, so a word stands with it. */
  readonly word: string;
  readonly symbol: string;
  readonly colour: string;
}

export const LEVELS: Readonly<Record<Level, Look>> = {
  good: { word: 'Good', symbol: '🟢', colour: '#2e7d32' },
  info: { word: 'Info', symbol: '🔵', colour: '#1565c0' },
  warning: { word: 'Warning', symbol: '🟠', colour: '#ef6c00' },
  critical: { word: 'Critical', symbol: '🔴', colour: '#c62828' },
};
