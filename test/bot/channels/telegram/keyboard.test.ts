import { describe, expect, it } from 'vitest';
import { asking, kept, keyboard, pressed } from '../../../../bot/channels/telegram/keyboard.js';
import { CARD } from './stage.js';

const SHOWN = keyboard(CARD.buttons);

describe('the keyboard under a card', () => {
  it('has one button a row; one that must be confirmed asks first', () => {
    expect(SHOWN.inline_keyboard).toEqual([[{ text: 'Roll back', callback_data: 'hc?:q-1-yes' }], [{ text: 'Not now', callback_data: 'hc:q-1-no' }]]);
  });

  it('asks in place of the button, and keeps the others', () => {
    expect(asking(SHOWN, 'q-1-yes')?.inline_keyboard).toEqual([
      [{ text: 'Really: Roll back?', callback_data: 'hc~:q-1-yes' }],
      [{ text: 'Yes', callback_data: 'hc:q-1-yes' }, { text: 'No', callback_data: 'hc-:q-1-yes' }],
      [{ text: 'Not now', callback_data: 'hc:q-1-no' }],
    ]);
  });

  it('is as before after a No, knowing nothing but what is shown', () => {
    const asked = JSON.parse(JSON.stringify(asking(SHOWN, 'q-1-yes'))) as typeof SHOWN;
    expect(kept(asked, 'q-1-yes')).toEqual(SHOWN);
  });

  it('asks about nothing that is not shown any more', () => {
    expect(asking(SHOWN, 'q-2')).toBeNull();
    expect(asking(SHOWN, 'q-1-no')).toBeNull();
    expect(kept(SHOWN, 'q-1-yes')).toBeNull();
  });
});

describe('the data of a press', () => {
  it.each([
    ['hc:abc', { does: 'say', token: 'abc' }],
    ['hc?:abc', { does: 'ask', token: 'abc' }],
    ['hc~:abc', { does: 'choose', token: 'abc' }],
    ['hc-:abc', { does: 'keep', token: 'abc' }],
    ['hc:', null],
    ['hc?:', null],
    ['ap:abc', null],
    ['', null],
  ])('%s', (data, meaning) => expect(pressed(data)).toEqual(meaning));
});
