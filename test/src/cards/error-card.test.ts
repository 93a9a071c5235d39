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
      "✗ ERROR  the store cannot be opened
        EACCES: permission denied

        Check who owns it."
    `);
  });

  it('says of a full disk how to stop everything all the same', () => {
    const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    expect(draw(errorCard(full))).toMatch(/^✗ ERROR {2}the disk of hypercare’s store is full[^]*hypercare freeze --reason "…" --offline/);
  });

  it('shows no stack of what is not ours', () => {
    expect(draw(errorCard(new TypeError('x is not a function')))).toMatchInlineSnapshot(`
      "✗ ERROR  hypercare itself failed
        x is not a function

        Look at “status” before you try again, and report it if it stays."
    `);
  });

  it('says what it is: a mistake of the asker’s, or a refusal, and no warning of an app', () => {
    expect(draw(errorCard(new HypercareError('app.unknown', 'invalid', 'there is no app “shpo” here', 'Did you mean “shop”?')))).toBe('! ERROR  there is no app “shpo” here\n  Did you mean “shop”?');
    expect(draw(errorCard(new HypercareError('denied.role', 'denied', '“approve” asks for an approver, and Otto is an operator', 'These may: Ann.')))).toMatch(/^! REFUSED {2}“approve”/);
  });
});
