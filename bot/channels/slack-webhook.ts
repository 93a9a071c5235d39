import { z } from 'zod';
import type { Card } from '../../src/cards/card.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Channel, ChannelKind, Ref } from './channel.js';
import { draw } from './slack/draw.js';
import { sendJson } from './slack/hook.js';
import { isAtLeast, LEVELS } from './slack/levels.js';

export interface SlackWebhookOptions {
  /** Cards below this are not posted; 'info' posts all. */
  readonly level: 'info' | 'warning' | 'critical';
}

const OPTIONS = z.strictObject({ level: z.enum(['info', 'warning', 'critical']).default('info') });

/** What was posted last of a thing. */
const REF = z.object({ level: z.enum(['good', 'info', 'warning', 'critical']), title: z.string() });

/**
 * Alerts through one of Slack's incoming webhooks: one address, no app, no buttons, nobody is heard. What stands there
 * cannot be edited, so of each thing it posts only
 *  - the first card, if it is at `level` or above,
 *  - that it got better or worse: the level became good, or rose,
 *  - that something new is said of it while it is critical: the title changed by more than its numbers. This is how
 *    'given up, people are needed' gets through.
 * Every other version is taken as delivered and not posted.
 */
export const slackWebhookChannel: ChannelKind<SlackWebhookOptions> = {
  kind: 'slack_webhook',
  options: OPTIONS,
  create({ level }, secrets) {
    const url = secrets.SLACK_WEBHOOK_URL;
    if (!url) return null;
    checkAddress(url);
    return { name: 'slack_webhook', deliver: (card, _key, previous) => deliver({ url, level, card, previous }) } satisfies Channel;
  },
};

interface Delivery {
  readonly url: string;
  readonly level: Card['level'];
  readonly card: Card;
  readonly previous: Ref | undefined;
}

async function deliver({ url, level, card, previous }: Delivery): Promise<Ref> {
  const last = REF.safeParse(previous).data ?? null;
  if (last === null ? !isAtLeast(card.level, level) : !isNews(card, last)) return last;
  await sendJson(url, { ...draw({ ...card, buttons: [] }) });
  return { level: card.level, title: card.title };
}

function isNews(card: Card, last: z.infer<typeof REF>): boolean {
  if (card.level === 'good') return last.level !== 'good';
  if (LEVELS[card.level].rank > LEVELS[last.level].rank) return true;
  return card.level === 'critical' && withoutNumbers(card.title) !== withoutNumbers(last.title);
}

/** '×37 in 5 min' counts on with every edit, and is the same news. */
function withoutNumbers(title: string): string {
  return title.replace(/\d+([.,:]\d+)*/g, '#');
}

/** The address is the secret itself, so no message repeats it. */
function checkAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && (parsed.hostname === '127.0.0.1' || parsed.hostname === 'localhost' || parsed.hostname === '[::1]'));
  if (isSafe) return;
  throw new HypercareError('slack_webhook.address', 'invalid', 'SLACK_WEBHOOK_URL is not an https address', 'Copy it whole from "Incoming Webhooks" at api.slack.com/apps: https://hooks.slack.com/services/…');
}
