import type { Channel, Hear, Reply, Secrets, Stop, Utterance } from '../../../../bot/channels/channel.js';
import { routed, routeOf } from '../../../../bot/channels/route.js';
import { slackChannel, type SlackOptions } from '../../../../bot/channels/slack/index.js';
import type { Card } from '../../../../src/cards/card.js';
import type { Logger } from '../../../../src/io/log.js';
import { SlackDouble } from '../../../doubles/slack.js';

export interface Stage {
  readonly double: SlackDouble;
  readonly channel: Channel;
  readonly log: Logger;
  /** Every log line so far, as JSON. */
  logs(): string;
  /** What it said of whether it hears, in order; null: it does. */
  readonly hearing: readonly unknown[];
  /** Starts listening; what is heard is kept, and answered by `answer`. */
  listen(answer?: (utterance: Utterance) => Reply | Promise<Reply>): Promise<readonly Utterance[]>;
  stop(): Promise<void>;
}

export const ADA = 'U0ADA0001';
export const EVE = 'U0EVE0001';

export async function openStage(options: Partial<SlackOptions> = {}, secrets: Secrets = {}): Promise<Stage> {
  const double = await SlackDouble.start();
  double.workspace.addUser(ADA, 'Ada');
  const { log, logs } = keepLog();
  const channel = openChannel(double, log, options, secrets);
  let stopListening: Stop | undefined;
  const hearing: unknown[] = [];
  return {
    double,
    channel,
    log,
    logs,
    hearing,
    async listen(answer = () => toPerson('heard')) {
      const heard: Utterance[] = [];
      const hear: Hear = async (utterance) => {
        heard.push(utterance);
        return answer(utterance);
      };
      stopListening = await channel.start?.(hear, [], (trouble) => void hearing.push(trouble));
      return heard;
    },
    async stop() {
      await stopListening?.();
      await double.stop();
    },
  };
}

export function openChannel(double: SlackDouble, log: Logger, options: Partial<SlackOptions> = {}, secrets: Secrets = {}): Channel {
  const parsed = slackChannel.options.parse({ channel: double.channel, api_url: double.apiUrl, ...options });
  const channel = slackChannel.create(parsed, { SLACK_BOT_TOKEN: double.botToken, ...(options.http === undefined ? { SLACK_APP_TOKEN: double.appToken } : {}), ...secrets }, log);
  if (channel === null) throw new Error('the channel was not made');
  return routed(channel, routeOf(parsed));
}

export function keepLog(): { readonly log: Logger; readonly logs: () => string } {
  const lines: string[] = [];
  const keep = (level: string) => (facts: Readonly<Record<string, unknown>>, message: string) => void lines.push(JSON.stringify({ level, ...facts, message }));
  const log: Logger = { info: keep('info'), warn: keep('warn'), error: keep('error'), child: () => log };
  return { log, logs: () => lines.join('\n') };
}

export function card(title: string, differs: Partial<Card> = {}): Card {
  return { subject: 'incident-1', level: 'critical', title, body: [], fields: [], buttons: [], footer: null, ...differs };
}

export function toPerson(title: string): Reply {
  return { card: card(title, { level: 'info' }), audience: 'person' };
}

export function toPlace(title: string): Reply {
  return { card: card(title, { level: 'info' }), audience: 'place' };
}

export const BUTTONS: Card['buttons'] = [
  { label: 'Roll back', style: 'danger', token: 'y:q1', confirm: { title: 'Roll back shop?', text: 'From 4f2a91c to 9d1e003.', yes: 'Roll back', no: 'Keep' } },
  { label: 'Not now', style: 'plain', token: 'n:q1', confirm: null },
];

/** Delivers a card with buttons and gives its place. */
export async function cardWithButtons(stage: Stage): Promise<{ readonly channel: string; readonly ts: string }> {
  return (await stage.channel.deliver(card('shop <fails> & burns', { buttons: BUTTONS, fields: [{ name: 'App', value: 'shop' }] }), 'k1', undefined)) as { channel: string; ts: string };
}
