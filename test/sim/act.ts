/** What is done in the page is done to the doubles, as the platforms would. */
import { breakShop, SHOP_FAULTS, type ShopFault } from '../../scripts/shop/break-shop.js';
import type { Deed } from '../doubles/slack/people.js';
import type { Seen } from '../doubles/telegram.js';
import { GROUP } from '../scenarios/chats.js';
import type { Town } from '../scenarios/town.js';
import type { Said } from './look.js';
import { IN_TELEGRAM, telegramUser } from './people.js';
import type { Answer, Wish } from './shown.js';

const NOTHING: Answer = { as: 'nothing', text: '' };
/** What Slack shows where an app did not acknowledge in time. */
const NO_ANSWER = 'hypercare did not respond';

export interface Stage {
  readonly town: Town;
  readonly said: Said[];
  doing: string | null;
}

export async function act(stage: Stage, wish: Wish): Promise<Answer> {
  const { slack, telegram } = stage.town.chats;
  switch (wish.kind) {
    case 'slack-press':
      return inSlack(slack.people.press(wish.who, { channel: slack.channel, ts: wish.ts }, wish.label));
    case 'slack-say':
      return sayInSlack(stage, wish.who, wish.text.trim());
    case 'telegram-press':
      return seenInTelegram(await telegram.press(telegramUser(wish.who), GROUP, wish.message, wish.data));
    case 'telegram-say': {
      const by = IN_TELEGRAM.find(({ id }) => id === wish.who)?.name ?? wish.who;
      stage.said.push({ after: telegram.messages(GROUP).at(-1)?.message_id ?? 0, by, text: wish.text });
      telegram.say(telegramUser(wish.who), GROUP, wish.text);
      return NOTHING;
    }
    case 'break':
      return breakIt(stage, wish.fault);
  }
}

/** A line that begins with a slash is a command, and everything else is said to the bot by its name. */
function sayInSlack({ town }: Stage, who: string, text: string): Promise<Answer> {
  const { people } = town.chats.slack;
  return inSlack(text.startsWith('/') ? people.command(who, text) : people.mention(who, text.replace(/^@hypercare\s*/i, '')));
}

async function inSlack(deed: Promise<Deed>): Promise<Answer> {
  return deed.then(() => NOTHING, () => ({ as: 'error', text: NO_ANSWER }));
}

function seenInTelegram(seen: Seen): Answer {
  return 'text' in seen ? seen : { as: 'nothing', text: seen.as };
}

function breakIt(stage: Stage, fault: string): Answer {
  if (!(SHOP_FAULTS as readonly string[]).includes(fault)) return { as: 'error', text: `the shop knows no fault “${fault}”` };
  if (stage.doing !== null) return { as: 'error', text: `the shop is being broken already (${stage.doing})` };
  stage.doing = fault;
  void breakShop(stage.town.shop, fault as ShopFault).catch(() => undefined).finally(() => (stage.doing = null));
  return NOTHING;
}
