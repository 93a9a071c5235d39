import { describe, expect, it } from 'vitest';
import type { Card } from '../../../src/cards/card.js';
import { errorCard } from '../../../src/cards/error-card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { HypercareError } from '../../../src/domain/errors.js';

const draw = (card: Card): string => drawPlain(card, { width: 72, color: false });

describe('the card of an error', () => {
  it('says what happened, why, and what to do now', () => {
    const error = new HypercareError('store.unopenable', 'permanent', 'the store cannot be opened', 'Check who owns it.', { cause: new Error('EACCES: permission denied') });
    expect(draw(errorCard(error))).toMatchInlineSnapshot(`
      "✗ CRITICAL  the store cannot be opened
        EACCES: permission denied

        Check who owns it."
    `);
  });

  it('shows no stack of what is not ours', () => {
    expect(draw(errorCard(new TypeError('x is not a function')))).toMatchInlineSnapshot(`
      "✗ CRITICAL  hypercare itself failed
        x is not a function

        Look at “status” before you try again, and report it if it stays."
    `);
  });
});
