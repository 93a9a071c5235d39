import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakShop } from '../../scripts/shop/break-shop.js';
import { until } from '../doubles/pm2-home.js';
import { versions } from '../doubles/sample-shop.js';
import type { Deed } from '../doubles/slack/people.js';
import { answerTo, pressAndBeAsked, pressInSlack, pressInTelegram, type Shown } from './chats.js';
import { ANN, BOB, openTown, type Town } from './town.js';

const CATCHES_UP_MS = 60_000;

let town: Town;
beforeAll(async () => {
  town = await openTown();
}, 120_000);
afterAll(() => town.close());

const asks = ({ buttons }: Shown): boolean => buttons.includes('Roll back');
const isIncident = ({ text }: Shown): boolean => text.includes('/checkout');

describe('one platform is away', () => {
  let pressed: Deed;

  it('while a question opens: the other asks, and it asks itself once it is back', async () => {
    const { chats, shop, watch } = town;
    await chats.startBot();
    await town.inBoth('the launch', ({ text }) => text.includes('is live'));
    await watch.say('restore-point', shop.name, '--reason', 'it ran well for a year');
    chats.telegram.wire.down = true;
    await breakShop(shop, 'bad-release');
    await until('Slack to ask', () => chats.cards().slack.some(asks), CATCHES_UP_MS);
    expect(chats.cards().telegram.some(isIncident)).toBe(false);
    chats.telegram.wire.down = false;
    await until('Telegram to ask', () => chats.cards().telegram.some(asks), CATCHES_UP_MS);
    expect([chats.cards().slack.filter(isIncident).length, chats.cards().telegram.filter(isIncident).length]).toEqual([1, 1]);
  }, 120_000);

  it('and two people press at once in two chats: one rollback, and a word for each of them', async () => {
    const { chats, shop } = town;
    await until('Telegram to hear again', () => chats.telegram.updates.waits, CATCHES_UP_MS);
    await pressAndBeAsked(chats, ANN, 'Roll back');
    const deed = pressInSlack(chats, BOB, 'Roll back');
    const anns = pressInTelegram(chats, ANN, 'Yes').then((seen) => ('text' in seen ? seen.text : seen.as));
    const words = await Promise.all([answerTo(deed), anns]);
    pressed = await deed;
    expect(words.toSorted((a, b) => Number(b.includes('yes counts')) - Number(a.includes('yes counts')))).toEqual([expect.stringContaining('your yes counts'), expect.stringMatching(/already approved by (Ann|Bob) at/)]);
    await town.inBoth('the end', ({ text, buttons }) => text.includes('is good again') && buttons.length === 0);
    expect(await town.rollbacks()).toEqual(['verified']);
    expect(await versions(shop)).toEqual([town.goodVersion]);
  }, 120_000);

  it('and a press that Slack delivers again after a restart is answered, and does nothing', async () => {
    const { chats } = town;
    await chats.killBot('SIGKILL');
    await chats.startBot();
    expect(await answerTo(chats.slack.people.again(pressed, BOB))).toMatch(/already approved by|You said yes at .* already, and that stands/);
    expect(await town.rollbacks()).toEqual(['verified']);
  }, 60_000);
});
