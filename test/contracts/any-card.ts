import * as fc from 'fast-check';
import type { Button, Card } from '../../src/cards/card.js';

/** What an app's log may hold: mentions, markup, characters of four bytes, halves of them, control characters, line ends. */
const FRAGMENTS = ['@everyone ', '@here ', '<@123456789012345678> ', '<@&1> ', '<!channel> ', '<#C1> ', '<users/all> ', '<at>all</at> ', '[x](https://evil.example) ', '**b** ', '# h\n', '> q\n', '`', '```\n', '||s||', '<b>', '</b>', '&amp;', '<script>', '\\', '"', "'", '🚨', '👩‍👩‍👧', 'ü', '漢', '\ud83d', '\udea8', '\u0000', '\u001b[31m', '\u202e', '\r\n', '\n', '\t', ' ', 'To: a@b.c\r\nBcc: ', 'x', '~', '_', '*', '|', '{{7*7}}', '${HOME}', '%s', '.', '-1-', '\u2028'];

const short = fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
/** Now and then 100 kB of it. */
const text = fc.tuple(short, fc.constantFrom(1, 1, 1, 20, 100_000)).map(([piece, size]) => (size === 1 ? piece : piece.repeat(Math.ceil(size / piece.length)).slice(0, Math.max(size, piece.length))));

/** Labels and tokens as long as they come: what a platform does not take of one button must not lose the card. */
function anyButton(): fc.Arbitrary<Button> {
  const words = fc.oneof(text, fc.constant(''));
  return fc.record({
    label: words, style: fc.constantFrom('primary', 'danger', 'plain'),
    token: fc.oneof(fc.constantFrom('yes:01kb3q6w8e5zj4r2x', 'same'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 70 }), words),
    confirm: fc.option(fc.record({ title: words, text: words, yes: words, no: words })),
  });
}

/** Any card that may come about, with a title that is not empty once it is cleaned. */
export function anyCard(): fc.Arbitrary<Card> {
  return fc.record({
    subject: fc.constantFrom('incident-1', 'incident-2', 'hold:3'),
    level: fc.constantFrom('good', 'info', 'warning', 'critical'),
    title: text.map((title) => `t${title}`),
    body: fc.array(text, { maxLength: 12 }),
    fields: fc.array(fc.record({ name: text, value: text }), { maxLength: 30 }),
    buttons: fc.array(anyButton(), { maxLength: 30 }),
    footer: fc.option(text),
    about: fc.record({
      kind: fc.constantFrom('incident', 'hold', 'host'),
      state: fc.constantFrom('open', 'asking', 'resolved'),
      resource: fc.option(text),
      apps: fc.array(text, { maxLength: 30 }),
      asked: fc.option(fc.record({ id: fc.constantFrom('q1', 'q2'), what: text, mayDecide: fc.array(text, { maxLength: 30 }), need: fc.integer({ min: 1, max: 3 }), yes: fc.array(text, { maxLength: 30 }), expiresAt: fc.constant(1_795_000_000_000) })),
    }),
  });
}
