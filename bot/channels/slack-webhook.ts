import { z } from 'zod';
import type { Card } from '../../src/cards/card.js';
import type { Channel, ChannelKind, Ref } from './channel.js';
import { isNews, TOLD, toldOf } from './news.js';
import { routeKeys, type Route } from './route.js';
import { secretAddress } from './secret-address.js';
import { drawCall, isNeeded } from './slack/call.js';
import { draw } from './slack/draw.js';
import { sendJson } from './slack/hook.js';

/**
 * Alerts through one of Slack's incoming webhooks: one address, no app, no buttons, nobody is heard. What stands there
 * cannot be edited, so of each thing a version is posted where it is news, and that people are called; every other version
 * is taken as delivered.
 */
export const slackWebhookChannel: ChannelKind<Route> = {
  kind: 'slack_webhook',
  needs: ['SLACK_WEBHOOK_URL'],
  options: z.strictObject(routeKeys),
  create(_options, secrets) {
    const url = secrets.SLACK_WEBHOOK_URL;
    if (!url) return null;
    secretAddress('SLACK_WEBHOOK_URL', url, 'Copy it whole from "Incoming Webhooks" at api.slack.com/apps: https://hooks.slack.com/services/…');
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
  const last = TOLD.safeParse(previous).data ?? null;
  if (!isNews(card, last)) return last;
  await sendJson(url, { ...draw({ ...card, buttons: [] }) });
  return toldOf(card);
}
