import { z } from 'zod';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Channel, ChannelKind, Secrets } from '../channel.js';
import { listensAs } from '../listens-as.js';
import { routeKeys, type Route } from '../route.js';
import { createCall } from './call.js';
import { slackClient } from './client.js';
import { createDeliver } from './deliver.js';
import { createEditOrder } from './edit-order.js';
import { createExamine } from './examine.js';
import { listen } from './listen.js';

export interface SlackOptions extends Route {
  /** The channel's id, as names change. */
  readonly channel: string;
  readonly command: string;
  /** Slack's Web API by another way, such as a proxy. */
  readonly api_url?: string | undefined;
  /** Our workspace; learned from the bot token where it is not given. */
  readonly team?: string | undefined;
  /** Where Slack calls the bot; absent: Socket Mode. */
  readonly http?: { readonly host: string; readonly port: number; readonly path: string } | undefined;
}

const OPTIONS = z.strictObject({
  channel: z.string().regex(/^[CGD][A-Z0-9]{2,30}$/, "must be a channel's id such as C0123456789 (at the foot of the channel's details), not its name"),
  ...routeKeys,
  command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/, 'must be a slash and at most 31 small letters, digits, - or _').default('/hypercare'),
  api_url: z.string().refine(isSafe, 'must be an https address, or http on this host alone: the bot token is sent there').optional(),
  team: z.string().regex(/^[TE][A-Z0-9]{2,30}$/, "must be a workspace's id such as T0123456789").optional(),
  http: z.strictObject({
    host: z.string().min(1).max(253).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(3980),
    path: z.string().regex(/^\/[\w./-]{0,200}$/, 'must be a path such as /slack/events').default('/slack/events'),
  }).optional(),
});

/**
 * Slack through its own library: cards in one channel, edited in place, and people's words by slash command, mention,
 * direct message and button: over Socket Mode, so that no public address is needed, or by signed requests where `http` is
 * given. With a bot token alone it speaks and does not listen.
 */
export const slackChannel: ChannelKind<SlackOptions> = {
  kind: 'slack',
  needs: ['SLACK_BOT_TOKEN'],
  options: OPTIONS,
  create(options, secrets, log) {
    const tokens = readTokens(secrets, options.http !== undefined);
    if (tokens === null) return null;
    const { channel, command, api_url: apiUrl, team, http } = options;
    const client = slackClient({ apiUrl, botToken: tokens.bot, log });
    const order = createEditOrder();
    const { app: appToken, signing: signingSecret } = tokens;
    const way = http !== undefined && signingSecret !== null ? { http: { ...http, signingSecret } } : appToken !== null ? { appToken } : null;
    const examine = createExamine({ slack: client, team, way });
    const mouth: Channel = { name: `slack:${channel}`, deliver: createDeliver({ channel, slack: client, order, log }), call: createCall(client), examine };
    if (way === null) return { ...mouth, alertsOnly: true };
    return { ...mouth, listensAs: listensAs('slack', tokens.bot), start: (hear, _verbs, hearing) => listen({ slack: client, botToken: tokens.bot, way, apiUrl, command, team, order, clock: systemClock, log }, hear, hearing) };
  },
};

/** Slack itself takes a token of the wrong kind for a reason to try again for ever, so the prefixes are looked at here. */
function readTokens({ SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing }: Secrets, byHttp: boolean): Tokens | null {
  if (!bot && !app) return null;
  if (bot?.startsWith('xapp-') || app?.startsWith('xoxb-')) throw wrong('SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped', 'Put the bot token (xoxb-…) into SLACK_BOT_TOKEN and the app-level token (xapp-…) into SLACK_APP_TOKEN.');
  if (!bot) throw wrong('SLACK_APP_TOKEN is set, but SLACK_BOT_TOKEN is not', 'Copy the bot token (xoxb-…) from "OAuth & Permissions" at api.slack.com/apps into SLACK_BOT_TOKEN.');
  if (!bot.startsWith('xoxb-')) throw wrong('SLACK_BOT_TOKEN is not a bot token: those begin with xoxb-', 'Copy the "Bot User OAuth Token" from "OAuth & Permissions" at api.slack.com/apps.');
  if (app && !app.startsWith('xapp-')) throw wrong('SLACK_APP_TOKEN is not an app-level token: those begin with xapp-', 'Make one under "Basic Information", "App-Level Tokens" at api.slack.com/apps, with the scope connections:write.');
  if (byHttp && !signing) throw wrong('`http` is set for slack, but SLACK_SIGNING_SECRET is not', 'Copy the "Signing Secret" from "Basic Information" at api.slack.com/apps into SLACK_SIGNING_SECRET in .env.');
  return { bot, app: app || null, signing: signing || null };
}

interface Tokens {
  readonly bot: string;
  readonly app: string | null;
  readonly signing: string | null;
}

function wrong(message: string, mend: string): HypercareError {
  return new HypercareError('slack.token', 'invalid', message, mend);
}

function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]'));
}
