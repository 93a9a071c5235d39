import { describe, expect, it } from 'vitest';
import { createEditOrder } from '../../../../bot/channels/slack/edit-order.js';

const MESSAGE = 'C1 1.1';

describe('a mark and a card for one message', () => {
  it('the card waits for a mark that is on its way', async () => {
    const order = createEditOrder();
    const done: string[] = [];
    let arrive = (): void => {};
    const press = order.press(MESSAGE);
    const marking = press.mark(async () => {
      await new Promise<void>((resolve) => (arrive = resolve));
      done.push('mark');
    });
    const carding = order.card(MESSAGE, async () => void done.push('card'));
    arrive();
    await Promise.all([marking, carding]);
    expect(done).toEqual(['mark', 'card']);
  });

  it('a mark that a card overtook is dropped', async () => {
    const order = createEditOrder();
    const press = order.press(MESSAGE);
    await order.card(MESSAGE, async () => {});
    await press.mark(() => expect.unreachable());
  });

  it('a card does not wait for marks of another message, nor for presses that are done', async () => {
    const order = createEditOrder();
    const elsewhere = order.press('C1 2.2');
    void elsewhere.mark(() => new Promise(() => {}));
    order.press(MESSAGE).done();
    expect(await order.card(MESSAGE, async () => 'edited')).toBe('edited');
  });

  it('a mark that fails says so to its press, and holds up no card', async () => {
    const order = createEditOrder();
    const marking = order.press(MESSAGE).mark(() => Promise.reject(new Error('gone')));
    const carding = order.card(MESSAGE, async () => 'edited');
    await expect(marking).rejects.toThrow('gone');
    expect(await carding).toBe('edited');
  });
});
