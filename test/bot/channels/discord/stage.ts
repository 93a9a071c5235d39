import type { Channel } from '../../../../bot/channels/channel.js';
import { discord, discordKind } from '../../../../bot/channels/discord/index.js';
import { systemClock } from '../../../../src/io/clock.js';
import { createHttp } from '../../../../src/io/http.js';
import { DiscordDouble, TOKEN } from '../../../doubles/discord.js';
import { keepLog } from '../slack/stage.js';

export const SECRETS = [TOKEN];

export interface Stage {
  readonly double: DiscordDouble;
  readonly channel: Channel;
  logs(): string;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const double = await DiscordDouble.start();
  const http = createHttp();
  const { log, logs } = keepLog();
  const channel = discordKind(() => ({ http, clock: systemClock, timeoutMs: 1_000 })).create(discord.options.parse({}), { DISCORD_WEBHOOK_URL: double.url }, log);
  if (channel === null) throw new Error('the channel was not made');
  return {
    double,
    channel,
    logs,
    async stop() {
      await double.place.close();
      await http.close();
    },
  };
}
