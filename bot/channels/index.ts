import type { ZodType } from 'zod';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import type { Logger } from '../../src/io/log.js';
import type { Channel, ChannelKind, Refused, Secrets } from './channel.js';
import { consoleChannel } from './console.js';
import { slackChannel } from './slack/index.js';
import { slackWebhookChannel } from './slack-webhook.js';
import { telegram } from './telegram/index.js';

/** How does a platform listen and speak? One line for each channel, by its kind. */
export const channels = {
  console: consoleChannel,
  slack: slackChannel,
  slack_webhook: slackWebhookChannel,
  telegram,
} satisfies Readonly<Record<string, ChannelKind<unknown>>>;

/** Schemas of the channels' options, for checking hypercare.yaml. */
export const channelSchemas = Object.fromEntries(Object.values(channels).map((kind) => [kind.kind, kind.options])) as Readonly<Record<string, ZodType>>;

export interface Made {
  readonly channels: readonly Channel[];
  readonly refused: readonly Refused[];
}

/**
 * The channels that a config names and whose tokens are there. A channel with a wrong token is left out and logged with
 * what to do, so that one mistyped secret silences one place and not all; with none left the console serves.
 */
export function createChannels(configured: readonly { readonly kind: string; readonly options: unknown }[], secrets: Secrets, log: Logger): Made {
  const refused: Refused[] = [];
  const made = configured.flatMap(({ kind, options }) => {
    try {
      const channel = (channels as Readonly<Record<string, ChannelKind<unknown>>>)[kind]?.create(options, secrets, log);
      if (channel) return [channel];
      refused.push({ kind, error: new HypercareError('channel.tokens', 'invalid', 'its tokens are not in .env', 'Write them into .env beside hypercare.yaml, and run npm start.') });
    } catch (error) {
      refused.push({ kind, error: error instanceof HypercareError ? error : new HypercareError('channel.broken', 'invalid', errorText(error)) });
    }
    return [];
  });
  for (const { kind, error } of refused) log.error({ channel: kind, error: error.message, mend: error.mend }, 'cannot be used');
  return { channels: made.length > 0 ? made : [consoleChannel.create({ level: 'info' }, secrets, log)].filter((channel) => channel !== null), refused };
}
