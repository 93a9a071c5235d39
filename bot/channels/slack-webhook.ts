import { z } from 'zod';
import type { Card } from '../../src/cards/card.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Channel, ChannelKind, Ref } from './channel.js';
import { routeKeys, type Route } from './route.js';
import { drawCall, isNeeded } from './slack/call.js';
import { draw } from './slack/draw.js';
import { sendJson } from './slack/hook.js';
import { LEVELS } from './slack/levels.js';

/** What was posted last of a thing. */
const REF = z.object({ level: z.enum(['good', 'info', 'warning', 'critical']) });

/**
 * Alerts through one of Slack's incoming webhooks: one address, no app, no buttons, nobody is heard. What stands there
 * cannot be edited, so of each thing it posts only
 *  - the first card,
 *  - that it got better or worse: the level became good, or rose,
 *  - that people are called: a question, or that the machine has stopped.
 * Every other version is taken as delivered and not posted.
 */
export const slackWebhookChannel: ChannelKind<Route> = {
  kind: 'slack_webhook',
  needs: ['SLACK_WEBHOOK_URL'],
  options: z.strictObject(routeKeys),
  create(_options, secrets) {
    const url = secrets.SLACK_WEBHOOK_URL;
    if (!url) return null;
    checkAddress(url);
    return {
      name: 'slack_webhook',
      alertsOnly: true,
      postsAnew: true,
      deliver: (card, _key, previous) => deliver({ url, card, previous }),
      call: async (call, _at, fresh) => (isNeeded(call, fresh) ? sendJson(url, drawCall(call)) : undefined),
    } satisfies Channel;
  },
};

interface Delivery {
  readonly url: string;
  readonly card: Card;
  readonly previous: Ref | undefined;
}

async function deliver({ url, card, previous }: Delivery): Promise<Ref> {
  const last = REF.safeParse(previous).data ?? null;
  if (last !== null && !isNews(card, last)) return last;
  await sendJson(url, { ...draw({ ...card, buttons: [] }) });
  return { level: card.level };
}

function isNews(card: Card, last: z.infer<typeof REF>): boolean {
  if (card.level === 'good') return last.level !== 'good';
  return LEVELS[card.level].rank > LEVELS[last.level].rank;
}

/** The address is the secret itself, so no message repeats it. */
function checkAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && (parsed.hostname === '127.0.0.1' || parsed.hostname === 'localhost' || parsed.hostname === '[::1]'));
  if (isSafe) return;
  throw new HypercareError('slack_webhook.address', 'invalid', 'SLACK_WEBHOOK_URL is not an https address', 'Copy it whole from "Incoming Webhooks" at api.slack.com/apps: https://hooks.slack.com/services/…');
}
