import { z } from 'zod';
import type { Channel, ChannelKind, Ref } from './channel.js';
import { isNews, TOLD, toldOf } from './news.js';
import { httpParts, postHttp, type HttpParts, type Receiver } from './post-http.js';
import { routeKeys, type Route } from './route.js';
import { secretAddress } from './secret-address.js';
import { callingOut, drawCall } from './slack/call.js';
import { draw } from './slack/draw.js';

const ANEW = 'Make a new one under "Incoming Webhooks" at api.slack.com/apps, and copy it into SLACK_WEBHOOK_URL in .env.';
const REPORT = 'This is a fault of hypercare: please report it with this line.';
/** Slack's documentation of incoming webhooks, "Handling errors". */
const SLACK: Receiver = {
  name: "Slack's webhook",
  mends: { 400: REPORT, 413: REPORT, 403: `The workspace does not allow the post: ask its owner. ${ANEW}`, 404: `It was removed, or its channel is gone. ${ANEW}`, 410: `Its channel is archived: bring it back. ${ANEW}`, other: ANEW },
};

/**
 * Alerts through one of Slack's incoming webhooks: one address, no app, no buttons, nobody is heard. What stands there
 * cannot be edited, so of each thing a version is posted where it is news, with whom it calls; every other version is
 * taken as delivered, and that people are called stands alone only where nothing else is new.
 */
export const slackWebhookChannel: ChannelKind<Route> = slackWebhookKind(httpParts);

export function slackWebhookKind(parts: () => HttpParts): ChannelKind<Route> {
  return {
    kind: 'slack_webhook',
    needs: ['SLACK_WEBHOOK_URL'],
    options: z.strictObject(routeKeys),
    create(_options, secrets) {
      if (!secrets.SLACK_WEBHOOK_URL) return null;
      const url = secretAddress('SLACK_WEBHOOK_URL', secrets.SLACK_WEBHOOK_URL, 'Copy it whole from "Incoming Webhooks" at api.slack.com/apps: https://hooks.slack.com/services/…');
      return open(url.href, parts());
    },
  };
}

function open(url: string, parts: HttpParts): Channel {
  const post = (body: object): Promise<unknown> => postHttp(parts, SLACK, { url, body });
  return {
    name: 'slack_webhook',
    alertsOnly: true,
    postsAnew: true,
    async deliver(card, _key, previous, said): Promise<Ref> {
      const last = TOLD.safeParse(previous).data ?? null;
      if (!isNews(card, last)) return last;
      const message = draw({ ...card, buttons: [] });
      await post(said ? callingOut(message, said) : message);
      return toldOf(card);
    },
    async call(call, _at, fresh) {
      if (!fresh) await post(drawCall(call));
    },
  };
}
