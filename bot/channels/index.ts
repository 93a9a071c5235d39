import type { ZodType } from 'zod';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import type { Logger } from '../../src/io/log.js';
import type { Channel, ChannelKind, Secrets } from './channel.js';
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

/**
 * The channels that a config names and whose tokens are there. A channel with a wrong token is left out and logged with
 * what to do, so that one mistyped secret silences one place and not all; with none left the console serves.
 */
export function createChannels(configured: readonly { readonly kind: string; readonly options: unknown }[], secrets: Secrets, log: Logger): readonly Channel[] {
  const made = configured.flatMap(({ kind, options }) => {
    try {
      const channel = (channels as Readonly<Record<string, ChannelKind<unknown>>>)[kind]?.create(options, secrets, log);
      if (!channel) log.warn({ channel: kind }, 'is configured, but its tokens are not in .env: it is not used');
      return channel ? [channel] : [];
    } catch (error) {
      log.error({ channel: kind, error: errorText(error), mend: error instanceof HypercareError ? error.mend : null }, 'cannot be used');
      return [];
    }
  });
  return made.length > 0 ? made : [consoleChannel.create({ level: 'info' }, secrets, log)].filter((channel) => channel !== null);
}
