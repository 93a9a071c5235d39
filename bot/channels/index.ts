import type { ZodType } from 'zod';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import type { Logger } from '../../src/io/log.js';
import { alertsOnly } from './alerts-only.js';
import type { Channel, ChannelKind, Refused, Secrets } from './channel.js';
import { applicationInsights } from './application-insights/index.js';
import { consoleChannel } from './console.js';
import { discord } from './discord/index.js';
import { email } from './email/index.js';
import { routed, routeOf } from './route.js';
import { slackChannel } from './slack/index.js';
import { slackWebhookChannel } from './slack-webhook.js';
import { teams } from './teams.js';
import { telegram } from './telegram/index.js';
import { webhook } from './webhook/index.js';

/** How does a platform listen and speak? One line for each channel, by its kind. */
export const channels = {
  application_insights: applicationInsights,
  console: consoleChannel,
  discord,
  email,
  slack: slackChannel,
  slack_webhook: slackWebhookChannel,
  teams,
  telegram,
  webhook,
} satisfies Readonly<Record<string, ChannelKind<unknown>>>;

/** Schemas of the channels' options, for checking hypercare.yaml. */
export const channelSchemas = Object.fromEntries(Object.values(channels).map((kind) => [kind.kind, kind.options])) as Readonly<Record<string, ZodType>>;

export interface Made {
  readonly channels: readonly Channel[];
  readonly refused: readonly Refused[];
}

interface Configured {
  readonly kind: string;
  readonly options: unknown;
}

/** How people call the places in which they are heard. */
const EARS: Readonly<Record<string, string>> = { slack: 'Slack', telegram: 'Telegram' };

/**
 * The channels that a config names and whose tokens are there. A channel with a wrong token is left out and logged with
 * what to do, so that one mistyped secret silences one place and not all; with none left the console serves.
 */
export function createChannels(configured: readonly Configured[], secrets: Secrets, { log, host }: { readonly log: Logger; readonly host: string }): Made {
  const refused: Refused[] = [];
  const made = configured.flatMap((one) => {
    try {
      const channel = createChannel(one, secrets, { log, host });
      return [{ channel, ...one }];
    } catch (error) {
      refused.push({ kind: one.kind, error: error instanceof HypercareError ? error : new HypercareError('channel.broken', 'invalid', errorText(error)) });
      return [];
    }
  });
  for (const { kind, error } of refused) log.error({ channel: kind, error: error.message, mend: error.mend }, 'cannot be used');
  const ears = made.flatMap(({ channel, kind }) => (channel.start === undefined ? [] : (EARS[kind] ?? [])));
  const channels = made.map(({ channel, options }) => routed(alertsOnly(channel, ears), routeOf(options)));
  return { channels: channels.length > 0 ? channels : [createChannel({ kind: 'console', options: { level: 'info' } }, secrets, { log, host })], refused };
}

/** One channel, without its route. Throws a HypercareError where it cannot be used. */
export function createChannel({ kind, options }: Configured, secrets: Secrets, { log, host }: { readonly log: Logger; readonly host: string }): Channel {
  const unit = (channels as Readonly<Record<string, ChannelKind<unknown>>>)[kind];
  const channel = unit?.create(options, secrets, log, host) ?? null;
  if (channel !== null) return channel;
  const needs = unit?.needs ?? [];
  throw new HypercareError('channel.tokens', 'invalid', `${needs.join(' and ')} ${needs.length === 1 ? 'is' : 'are'} not in .env`, 'Write it into .env beside hypercare.yaml, and run npm start.');
}
