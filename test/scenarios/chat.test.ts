import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakShop } from '../../scripts/shop/break-shop.js';
import { versions } from '../doubles/sample-shop.js';
import { answerTo, pressAndBeAsked, pressInSlack, pressInTelegram, saysInTelegram } from './chats.js';
import { ANN, BOB, EVE, MALLORY, openTown, VERA, type Town } from './town.js';

let town: Town;
beforeAll(async () => {
  town = await openTown();
}, 120_000);
afterAll(() => town.close());

describe('a bad release, seen from two chats', () => {
  it('is asked about in both, decided in one, and told in both', async () => {
    const { chats, shop } = town;
    const { people } = chats.slack;
    await chats.scene('The bot starts', async () => {
      await chats.startBot();
      await town.inBoth('the launch', ({ text }) => text.includes('is live'));
    });
    await chats.scene('Ann vouches for the release, from her phone', () => saysInTelegram(chats, ANN, `/restore_point ${shop.name} —reason “it ran well for a year”`));
    await chats.scene('Bob asks how things are', () => answerTo(people.command(BOB, '/hypercare status')));
    await chats.scene('Vera, who may only look, asks for help', () => answerTo(people.command(VERA, '/hypercare')));
    await chats.scene('Bob mistypes a verb, and Ann an app', async () => {
      await answerTo(people.command(BOB, '/hypercare stauts'));
      await saysInTelegram(chats, ANN, '/rollback sample-shpo --plan');
    });
    await chats.scene('Two strangers ask', async () => {
      await answerTo(people.command(EVE, '/hypercare status'));
      await saysInTelegram(chats, MALLORY, '/status');
    });

    await chats.scene('A release goes live whose checkout answers 500; a reload does not help', async () => {
      await breakShop(shop, 'bad-release');
      await town.asked();
    });
    await chats.scene('The strangers press its button', async () => {
      await answerTo(pressInSlack(chats, EVE, 'Roll back'));
      await pressAndBeAsked(chats, MALLORY, 'Roll back');
      chats.aside('Mallory', await pressInTelegram(chats, MALLORY, 'Yes'));
      await pressInTelegram(chats, MALLORY, 'No');
      await town.inBoth('the buttons as they were', ({ buttons }) => buttons.includes('Roll back'));
    });
    await chats.scene('Bob looks at what it would do', () => answerTo(people.command(BOB, `/hypercare rollback ${shop.name} --plan`)));
    await chats.scene('The bot is killed, and starts again', async () => {
      await chats.killBot('SIGKILL');
      await chats.startBot();
    });
    await chats.scene('Ann presses the button, and is asked once more', () => pressAndBeAsked(chats, ANN, 'Roll back'));
    await chats.scene('Ann says yes; Bob presses in Slack a moment later', async () => {
      const bobs = chats.pressOfSlack(BOB, 'Roll back');
      chats.aside('Ann', await pressInTelegram(chats, ANN, 'Yes'));
      await answerTo(people.deliver(BOB, bobs));
      await town.inBoth('the end', ({ text }) => text.includes('is good again'));
      await town.inBoth('the launch that follows', ({ text }) => text.includes(`release ${town.goodRelease} is live`));
      await town.inBoth('the end of the launch before it', ({ text }) => text.includes('was rolled back'));
    });
    await chats.killBot('SIGTERM');

    expect(await town.rollbacks()).toEqual(['verified']);
    expect(await versions(shop)).toEqual([town.goodVersion]);
    await expect(`${chats.transcript().trim()}\n`).toMatchFileSnapshot('./chat.transcript.txt');
  }, 240_000);
});
