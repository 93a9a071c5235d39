import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCard, drawLine } from '../../../../bot/channels/telegram/draw.js';
import { toHtml } from '../../../../bot/channels/telegram/html.js';
import type { Card } from '../../../../src/cards/card.js';
import { parseHtml } from '../../../doubles/telegram/html.js';
import { liveEntities } from '../../../doubles/telegram/live.js';
import { CARD } from './stage.js';

/** The text as Telegram shows it; throws where Telegram would refuse it. */
function shown(card: Card): string {
  const { text, entities } = parseHtml(drawCard(card).text);
  expect(liveEntities(text, entities)).toEqual([]);
  return text;
}

describe('a card on Telegram', () => {
  it('reads as prose', () => {
    expect(shown({ ...CARD, footer: 'host vm-1' })).toBe(
      ['🔴 Critical: shop: checkout fails', 'Since 12:03 UTC.', 'App: shop', '“Roll back” asks once more: Roll back shop? From 4f2a91c to 9d1e003.', 'host vm-1'].join('\n\n'),
    );
  });

  it('sets the title in bold and nothing else', () => {
    expect(drawCard(CARD).text.match(/<\/?\w+>/g)).toEqual(['<b>', '</b>']);
  });

  it.each(['critical', 'warning', 'info', 'good'] as const)('says the level %s as a word', (level) => {
    expect(shown({ ...CARD, level }).toLowerCase()).toContain(level);
  });

  it('takes the subject where the title is empty, since Telegram takes no message without text', () => {
    expect(shown({ ...CARD, title: ' \u0000 ' })).toContain('incident-1');
  });

  it('leaves nothing of empty parts', () => {
    expect(shown({ ...CARD, body: [' ', '\u200e'], fields: [], buttons: [], footer: '\n' })).toBe('🔴 Critical: shop: checkout fails');
  });

  it('cuts the body first, and keeps title, fields, what is asked and footer', () => {
    const text = shown({ ...CARD, body: ['first', 'x'.repeat(9_000), 'last'], footer: 'host vm-1' });
    expect(text.length).toBe(4_096);
    for (const part of ['shop: checkout fails', 'first', 'xxx…', 'App: shop', 'From 4f2a91c to 9d1e003.', 'host vm-1']) expect(text).toContain(part);
    expect(text).not.toContain('last');
  });

  it('says that fields are missing', () => {
    const fields = Array.from({ length: 50 }, (_, index) => ({ name: `field ${index}`, value: 'v'.repeat(200) }));
    const text = shown({ ...CARD, fields });
    expect(text).toContain('field 0: vvv');
    expect(text).toContain('\n…');
    expect(text).not.toContain('field 49');
  });

  it('leaves out buttons that Telegram would refuse the whole card for, and says which', () => {
    const broken = { ...CARD.buttons[1]!, label: 'Too long', token: 'é'.repeat(31) };
    const nameless = { ...CARD.buttons[1]!, label: '\u0007' };
    const drawn = drawCard({ ...CARD, buttons: [broken, nameless, ...CARD.buttons] });
    expect(drawn.leftOut).toEqual(['Too long', '']);
    expect(drawn.keyboard.inline_keyboard.flat().map((button) => button.text)).toEqual(['Roll back', 'Not now']);
  });

  it('carries a token of 60 bytes, also through the question', () => {
    const token = 'é'.repeat(30);
    const drawn = drawCard({ ...CARD, buttons: [{ ...CARD.buttons[0]!, token }] });
    expect(drawn.keyboard.inline_keyboard[0]?.[0]).toMatchObject({ callback_data: `hc?:${token}` });
  });
});

describe('text from outside', () => {
  it.each([
    ['a mention', 'ask @channel now', 'ask <code>@channel</code> now'],
    ['a command', 'send /rollback.', 'send <code>/rollback.</code>'],
    ['a whole path', 'in /var/log/app.log: x', 'in <code>/var/log/app.log:</code> x'],
    ['markup', '<b>&lt;', '&lt;b&gt;&amp;lt;'],
    ['no address of a mail', 'a@b.example', 'a@b.example'],
  ])('is set as code where it is %s', (_what, text, html) => {
    expect(toHtml(text)).toBe(html);
  });

  it('is set as code as a whole where it holds more live words than Telegram takes formatting', () => {
    expect(toHtml('@aa @bb @cc @dd')).toBe('<code>@aa @bb @cc @dd</code>');
  });

  it('never nests bold and code', () => {
    expect(toHtml('see @ann there', 'bold')).toBe('<b>see </b><code>@ann</code><b> there</b>');
  });

  it('stays dead where it is full of mentions, in every part of the card', () => {
    const many = Array.from({ length: 60 }, (_, index) => `@user${index} /cmd${index}`);
    const text = shown({ ...CARD, title: '@aa b @bb c @cc', body: many, fields: many.map((value) => ({ name: value, value })), footer: '@aa @bb @cc', buttons: CARD.buttons.map((button) => ({ ...button, confirm: { title: '@aa', text: '/bb /cc', yes: 'y', no: 'n' } })) });
    expect(text).toContain('@user0 /cmd0');
  });

  it('is always taken by Telegram, never alive and never too long', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('@abc', '/cmd', '<b>', '</code>', '&lt;', '\n', '😀', '&#60;', '/a@b_cd', 'é@ab'));
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    const card = fc.record({
      title: text,
      body: fc.array(text, { maxLength: 30 }),
      fields: fc.array(fc.record({ name: text, value: text }), { maxLength: 30 }),
      footer: fc.option(text),
    });
    fc.assert(
      fc.property(card, (parts) => {
        const drawn = shown({ ...CARD, ...parts });
        expect(drawn.length).toBeLessThanOrEqual(4_096);
        expect(drawn).not.toMatch(/\p{Surrogate}/u);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a card in one line', () => {
  it('has its title and body, cut at the limit', () => {
    expect(drawLine({ ...CARD, body: ['one\ntwo', 'three'] }, 200)).toBe('shop: checkout fails. one two. three');
    expect(drawLine({ ...CARD, body: ['x'.repeat(300)] }, 200)).toHaveLength(200);
  });
});
