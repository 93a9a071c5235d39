import type { Channel } from '../../../../bot/channels/channel.js';
import { webhook, webhookKind } from '../../../../bot/channels/webhook/index.js';
import { systemClock } from '../../../../src/io/clock.js';
import { createHttp } from '../../../../src/io/http.js';
import { PATH, SECRET, WebhookReceiver } from '../../../doubles/webhook-receiver.js';
import { keepLog } from '../slack/stage.js';

export const SECRETS = [SECRET, SECRET.slice(6), PATH, 'very-secret-path', 'also-secret'];

export interface Stage {
  readonly receiver: WebhookReceiver;
  readonly channel: Channel;
  logs(): string;
  stop(): Promise<void>;
}

/** The channel beside a receiver that checks what it is sent. */
export async function openStage(now: () => number = systemClock.now): Promise<Stage> {
  const receiver = await WebhookReceiver.start();
  const http = createHttp();
  const { log, logs } = keepLog();
  const kind = webhookKind(() => ({ http, clock: { now }, timeoutMs: 1_000 }));
  const channel = kind.create(webhook.options.parse({}), { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET }, log, 'vm-1');
  if (channel === null) throw new Error('the channel was not made');
  return {
    receiver,
    channel,
    logs,
    async stop() {
      await receiver.place.close();
      await http.close();
    },
  };
}
