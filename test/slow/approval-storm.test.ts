import { afterAll, beforeAll, expect, it } from 'vitest';
import { breakShop } from '../../scripts/shop/break-shop.js';
import { systemClock } from '../../src/io/clock.js';
import { until } from '../doubles/pm2-home.js';
import { versions } from '../doubles/sample-shop.js';
import type { Envelope } from '../doubles/slack/socket.js';
import { person, type Message, type Seen, type User } from '../doubles/telegram.js';
import { GROUP, pressAndBeAsked } from '../scenarios/chats.js';
import { ANN, openTown, type Approver, type Town } from '../scenarios/town.js';

const PEOPLE = 50;
const CLICKS = 1_000;
/** The bot is killed in some of them. */
const WAVES = 10;
const KILLED_IN = [2, 5];
const STORM_MS = 240_000;
/** A person who saw an error, or a button that turns in vain, presses again. */
const TRIES = 20;
/** The yes counts, or is one too many, or is not taken because too many speak at once; each says so. */
const ANSWER = /your yes counts|already approved by|nothing is asked about it now; release\.rollback was done|Too much at once.*Nothing was done/s;
const AGAIN_MS = 1_000;

const numbered = Array.from({ length: PEOPLE / 2 }, (_, n) => n);
const inSlack = numbered.map((n) => `U0STORM${String(n).padStart(2, '0')}`);
const inTelegram: readonly User[] = numbered.map((n) => person(1_000 + n, `storm${n}`));
const approvers: readonly Approver[] = [
  ...inSlack.map((slack, n) => ({ name: `Slack ${n}`, slack })),
  ...inTelegram.map(({ id }, n) => ({ name: `Telegram ${n}`, telegram: id })),
];

let town: Town;
beforeAll(async () => {
  town = await openTown(approvers);
}, 120_000);
afterAll(() => town.close());

/** What each click came to for the person: words, and how often it had to be made. */
interface Click {
  readonly words: string;
  readonly tries: number;
}

async function again(tries: number): Promise<void> {
  if (tries >= TRIES) throw new Error(`no answer after ${tries} tries`);
  await systemClock.sleep(AGAIN_MS);
}

/** The very same envelope again after an error: Slack delivers so what was not acknowledged. */
async function clickInSlack(userId: string, envelope: Envelope, tries = 1): Promise<Click> {
  try {
    const deed = await town.chats.slack.people.deliver(userId, envelope);
    await until('a word for this person', () => deed.seen().some(({ onlyFor }) => onlyFor === userId), 30_000);
    return { words: deed.seen().find(({ onlyFor }) => onlyFor === userId)?.text ?? '', tries };
  } catch {
    await again(tries);
    return clickInSlack(userId, { ...envelope, retry_attempt: tries, retry_reason: 'timeout' }, tries + 1);
  }
}

async function clickInTelegram(who: User, at: { readonly message: number; readonly data: string }, tries = 1): Promise<Click> {
  const pressed = town.chats.telegram.press(who, GROUP, at.message, at.data);
  // Every tenth update comes twice, as after a poll whose answer was lost.
  if (who.id % 10 === 0) town.chats.telegram.redeliver(town.chats.telegram.lastUpdateId);
  const seen: Seen = await pressed;
  if ('text' in seen) return { words: seen.text, tries };
  await again(tries);
  return clickInTelegram(who, at, tries + 1);
}

function yesOfTelegram(): { readonly message: number; readonly data: string } {
  const { telegram } = town.chats;
  const message = telegram.messages(GROUP).findLast((one) => telegram.buttons(one).some(({ text }) => text === 'Yes')) as Message;
  return { message: message.message_id, data: telegram.buttons(message).find(({ text }) => text === 'Yes')?.callback_data ?? '' };
}

it('a thousand clicks of fifty people in two chats, with deliveries doubled and the bot killed: one rollback, and an answer to every click', { timeout: STORM_MS + 120_000 }, async () => {
  const { chats, shop, watch } = town;
  await chats.startBot();
  await town.inBoth('the launch', ({ text }) => text.includes('is live'));
  await watch.say('restore-point', shop.name, '--reason', 'it ran well for a year');
  await breakShop(shop, 'bad-release');
  await town.inBoth('the question', ({ buttons }) => buttons.includes('Roll back'));
  await pressAndBeAsked(chats, ANN, 'Roll back');
  const yes = yesOfTelegram();
  const envelopes = inSlack.map((userId) => ({ userId, envelopes: Array.from({ length: CLICKS / PEOPLE }, () => chats.pressOfSlack(userId, 'Roll back')) }));

  const clicks: Promise<Click>[] = [];
  for (let wave = 0; wave < WAVES; wave += 1) {
    for (let n = 0; n < CLICKS / PEOPLE / WAVES; n += 1) {
      for (const { userId, envelopes: own } of envelopes) clicks.push(clickInSlack(userId, own[wave * (CLICKS / PEOPLE / WAVES) + n] as Envelope));
      for (const who of inTelegram) clicks.push(clickInTelegram(who, yes));
    }
    if (KILLED_IN.includes(wave)) {
      await chats.killBot('SIGKILL');
      await chats.startBot();
    }
    await systemClock.sleep(500);
  }
  const answered = await Promise.all(clicks);

  expect(answered).toHaveLength(CLICKS);
  expect(answered.map(({ words }) => words).filter((words) => !ANSWER.test(words))).toEqual([]);
  await town.inBoth('the end', ({ text, buttons }) => text.includes('is good again') && buttons.length === 0);
  expect(await town.rollbacks()).toEqual(['verified']);
  expect(await versions(shop)).toEqual([town.goodVersion]);
});
