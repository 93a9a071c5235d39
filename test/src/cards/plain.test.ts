import { describe, expect, it } from 'vitest';
import type { Card } from '../../../src/cards/card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { displayWidth } from '../../../src/cards/wrap.js';

const CARD: Card = {
  subject: 'incident-1',
  level: 'critical',
  title: 'shop: checkout fails for 40 % of requests',
  body: ['Since 12:03 UTC, right after release 4f2a91c went live on this host and took the traffic.\nBefore it: 0.1 %.'],
  fields: [
    { name: 'App', value: 'shop' },
    { name: 'Release', value: '4f2a91c' },
  ],
  buttons: [
    { label: 'Roll back', style: 'danger', token: 't1', confirm: null },
    { label: 'Not now', style: 'plain', token: 't2', confirm: null },
  ],
  footer: 'host vm-1',
};

describe('a card as plain text', () => {
  it('reads as prose', () => {
    expect(drawPlain(CARD, { width: 60, color: false })).toBe(
      [
        '✗ CRITICAL  shop: checkout fails for 40 % of requests',
        '  Since 12:03 UTC, right after release 4f2a91c went live on',
        '  this host and took the traffic.',
        '  Before it: 0.1 %.',
        '',
        '  App      shop',
        '  Release  4f2a91c',
        '',
        '  Choices: Roll back · Not now',
        '  host vm-1',
      ].join('\n'),
    );
  });

  it('is the title alone where there is nothing else', () => {
    expect(drawPlain({ ...CARD, level: 'good', title: 'all is well', body: [], fields: [], buttons: [], footer: null }, { width: 80, color: false })).toBe('✓ GOOD  all is well');
  });

  it.each([
    ['critical', '✗ CRITICAL'],
    ['warning', '! WARNING'],
    ['info', 'i INFO'],
    ['good', '✓ GOOD'],
  ] as const)('says the level %s by a symbol and a word', (level, head) => {
    expect(drawPlain({ ...CARD, level }, { width: 80, color: false }).split('  ')[0]).toBe(head);
  });

  it('lets the further lines of a title and of a value begin under their first', () => {
    const drawn = drawPlain({ ...CARD, body: [], buttons: [], footer: null, title: 'a long title that does not fit here', fields: [{ name: 'Cause', value: 'the pool of connections is used up\nsince noon' }] }, { width: 40, color: false });
    expect(drawn.split('\n')).toEqual(['✗ CRITICAL  a long title that does not', '            fit here', '  Cause  the pool of connections is used', '         up', '         since noon']);
  });

  it('gives a field with a long name a line of its own', () => {
    const drawn = drawPlain({ ...CARD, body: [], buttons: [], footer: null, fields: [{ name: 'the name of a field that is long', value: 'x' }] }, { width: 40, color: false });
    expect(drawn.split('\n').slice(-2)).toEqual(['  the name of a field that is long', '    x']);
  });

  it('keeps every line within the width, whatever stands in the card', () => {
    const long = `${'日本'.repeat(60)} ${'x'.repeat(200)} 🚨🚨`;
    const hostile = { ...CARD, title: long, body: [long], fields: [{ name: long, value: long }, { name: 'a', value: long }], footer: long };
    for (const line of drawPlain(hostile, { width: 80, color: false }).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  it('shows escape sequences of outside text to nobody', () => {
    const drawn = drawPlain({ ...CARD, title: 'a\u001b[2Jb', body: ['\u001b]0;x\u0007c'], fields: [{ name: 'n\u0007', value: '\u202ev' }], footer: '\u009bf' }, { width: 80, color: false });
    expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('paints only where colour is asked for, and says the same words', () => {
    const painted = drawPlain(CARD, { width: 80, color: true });
    expect(painted).toContain('\u001b[31m');
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(drawPlain(CARD, { width: 80, color: false }));
  });
});
