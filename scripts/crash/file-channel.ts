import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel } from '../../bot/channels/channel.js';
import type { Card } from '../../src/cards/card.js';
import type { Fate } from './fate.js';

export const CHANNEL_NAME = 'file';

/** A card as it arrived. */
export interface Delivered {
  readonly key: string;
  readonly edits: boolean;
  readonly card: Card;
}

/** A place people read that is a file: one line a card, and nobody there to notice a card that comes twice. */
export function fileChannel(dir: string, fate: Fate): Channel {
  return {
    name: CHANNEL_NAME,
    async deliver(card, key, previous) {
      const passage = fate.reach('deliver', 'act');
      const line: Delivered = { key, edits: previous !== undefined, card };
      appendFileSync(cardsFile(dir), `${JSON.stringify(line)}\n`);
      fate.end(passage);
      return { line: key };
    },
  };
}

export function deliveredTo(dir: string): readonly Delivered[] {
  if (!existsSync(cardsFile(dir))) return [];
  return readFileSync(cardsFile(dir), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Delivered);
}

function cardsFile(dir: string): string {
  return join(dir, 'cards.jsonl');
}
