/** The people's process as its users have it: the real bot in a process of its own, and what each chat shows. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Compiled } from '../doubles/compiled.js';
import { until } from '../doubles/pm2-home.js';
import { SlackDouble, type Sight } from '../doubles/slack.js';
import type { Deed } from '../doubles/slack/people.js';
import type { Envelope } from '../doubles/slack/socket.js';
import { TelegramDouble, type Chat, type Message, type Seen, type User } from '../doubles/telegram.js';
import { masked } from './masked.js';

export const GROUP: Chat = { id: -500, type: 'group', title: 'ops' };
const BOT_MS = 60_000;

export interface Chats {
  readonly slack: SlackDouble;
  readonly telegram: TelegramDouble;
  /** Slack's incoming webhook, in a channel of its own. */
  readonly alerts: SlackDouble;
  readonly logs: string[];
  /** Resolves when the bot hears in both chats. */
  startBot(): Promise<void>;
  killBot(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** The cards that stand in each chat, newest last, each with its buttons. */
  cards(): { readonly slack: readonly Shown[]; readonly telegram: readonly Shown[] };
  /** A heading, and below it what every chat came to show while `deed` was done. */
  scene(heading: string, deed: () => Promise<unknown>): Promise<void>;
  /** What one person sees of a press and nobody else does. */
  aside(name: string, seen: Seen | Deed): void;
  /** A press as Slack will send it, of a card as it stands now. */
  pressOfSlack(userId: string, label: string): Envelope;
  transcript(): string;
  stop(): Promise<void>;
}

export interface Shown {
  readonly text: string;
  readonly buttons: readonly string[];
}

/** `yaml` is the configuration without its channels. */
export async function openChats(yaml: string, compiled: Compiled): Promise<Chats> {
  const [slack, alerts, telegram] = [await SlackDouble.start(), await SlackDouble.start(), await TelegramDouble.start()];
  telegram.chat(GROUP);
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-chats-'));
  await writeFile(join(dir, 'hypercare.yaml'), `${yaml}\nchannels:\n  slack: { channel: ${slack.channel}, api_url: '${slack.apiUrl}' }\n  telegram: { api_root: '${telegram.wire.origin}' }\n  slack_webhook: { level: warning }\n`);
  const secrets = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_WEBHOOK_URL: alerts.webhookUrl, TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_CHAT_ID: String(GROUP.id) };
  await writeFile(join(dir, '.env'), Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`).join(''), { mode: 0o600 });
  const logs: string[] = [];
  let child: ChildProcess | null = null;

  async function killBot(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  const record = openRecord({ slack, telegram, alerts });
  return {
    slack, telegram, alerts, logs, killBot, ...record,
    pressOfSlack: (userId, label) => slack.people.pressEnvelope(userId, cardWith(slack, label), label),
    async startBot() {
      const sockets = slack.sockets.opened;
      child = runBot(compiled, dir, logs);
      await until(`the bot to hear in both chats\n${logs.join('')}`, () => slack.sockets.opened > sockets && telegram.updates.waits, BOT_MS).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${logs.join('')}`);
      });
    },
    cards: () => ({
      slack: slack.messages.standing(slack.channel).filter(({ threadTs }) => threadTs === null).map(({ ts }) => readSlack(slack, ts)),
      telegram: telegram.messages(GROUP).map((message) => readTelegram(telegram, message)),
    }),
    async stop() {
      await killBot('SIGTERM');
      await Promise.all([slack.stop(), alerts.stop(), telegram.close()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function runBot(compiled: Compiled, dir: string, logs: string[]): ChildProcess {
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, TZ: 'UTC', HYPERCARE_CONFIG: join(dir, 'hypercare.yaml') };
  const child = spawn(process.execPath, [join(compiled.dir, 'bot/main.js')], { env, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => logs.push(String(chunk)));
  return child;
}

function readSlack(slack: SlackDouble, ts: string): Shown {
  const { text, buttons } = slack.messages.sights.findLast((sight) => sight.ts === ts) as Sight;
  return { text, buttons };
}

function readTelegram(telegram: TelegramDouble, message: Message): Shown {
  return { text: telegram.read(message), buttons: telegram.buttons(message).map(({ text }) => text) };
}

type Record = Pick<Chats, 'scene' | 'aside' | 'transcript'>;

/** Edits of one message within a scene are one: how many there are hangs on how fast this machine is. */
function openRecord({ slack, telegram, alerts }: Pick<Chats, 'slack' | 'telegram' | 'alerts'>): Record {
  const scenes: string[] = [];
  const asides: string[] = [];
  const looks = [lookAtSlack(slack, 'Slack'), lookAtTelegram(telegram), lookAtSlack(alerts, 'Webhook')];
  return {
    async scene(heading, deed) {
      await deed();
      scenes.push([`# ${heading}`, ...asides.splice(0), ...looks.flatMap((look) => look())].join('\n\n'));
    },
    aside(name, seen) {
      if (!('seen' in seen)) asides.push('text' in seen ? drawn(`Telegram, ${seen.as === 'alert' ? 'a window' : 'a line'} for ${name}`, { text: seen.text, buttons: [] }) : `[Telegram shows ${name} nothing]`);
    },
    transcript: () => maskedHere(`\n${scenes.join('\n\n')}\n`),
  };
}

/** What hangs on how fast this machine is, too. */
function maskedHere(text: string): string {
  return masked(text)
    .replace(/^ *(?:\d+ readings?: [^.\n]*|No incident)\.\n\n?/gm, '')
    .replace(/ Next full check [^.]*\./g, '')
    .replace(/, next full check ‹clock›/g, '')
    .replace(/launch [0-9a-z]{6}:/g, 'launch ‹id›:')
    .replace(/plan [0-9a-f]{12}\b/g, 'plan ‹hash›')
    .replace(/in (?:\d+ min|a while|\d+ min a while)(?=[.;])/g, 'in half an hour')
    // Whether workers that were started just now can be reloaded, or have to be restarted.
    .replace(/^ *(?:green|AMBER) downtime: [^\n]*\n/gm, '').replace(/Pre-flight: (?:green|AMBER), [^\n]*/g, 'Pre-flight: ‹light›')
    .replace(/&& pm2 (?:reload|restart) (?=[\w-]+\n)/g, '&& pm2 ‹anew› ')
    .replace(/^ *pm2\.reload: (?:running|done)[^\n]*\n/gm, '');
}

function lookAtSlack(slack: SlackDouble, place: string): () => readonly string[] {
  const known = new Set<string>();
  let from = 0;
  return () => {
    const sights = slack.messages.sights.slice(from);
    from = slack.messages.sights.length;
    const last = sights.filter((sight, index) => sight.ts === null || !sights.slice(index + 1).some(({ ts }) => ts === sight.ts)).toSorted((a, b) => orderOf(a) - orderOf(b));
    return last.map((sight) => {
      const edited = known.has(sight.ts ?? '');
      if (sight.ts !== null) known.add(sight.ts);
      const how = sight.onlyFor !== null ? `to ${slack.workspace.users.get(sight.onlyFor)?.real_name} alone` : edited ? 'edited' : sight.threadTs === null ? 'new' : `in the card’s thread${sight.broadcast ? ' and the channel' : ''}`;
      return drawn(`${place}, ${how}`, sight);
    });
  };
}

/** By when a message was first seen. */
function orderOf({ ts }: Sight): number {
  return Number(ts?.split('.')[1] ?? 0);
}

function lookAtTelegram(telegram: TelegramDouble): () => readonly string[] {
  const known = new Map<number, Shown>();
  return () => telegram.messages(GROUP).flatMap((message) => {
    const shown = readTelegram(telegram, message);
    const before = known.get(message.message_id);
    known.set(message.message_id, shown);
    if (JSON.stringify(before) === JSON.stringify(shown)) return [];
    if (before?.text === shown.text) return [`Telegram, under the card:\n  [${shown.buttons.join('] [')}]`];
    const how = before !== undefined ? 'edited' : `${message.reply_to === undefined ? 'new' : 'in reply'}${message.silent ? ', silent' : ''}`;
    return [drawn(`Telegram, ${how}`, shown)];
  });
}

function drawn(head: string, { text, buttons }: Shown): string {
  return [`${head}:`, ...text.split('\n').map((line) => (line === '' ? '' : `  ${line}`)), ...(buttons.length > 0 ? [`  [${buttons.join('] [')}]`] : [])].join('\n');
}

/** A person of Telegram says a command in the group; resolves once it is answered. */
export async function saysInTelegram({ telegram }: Chats, who: User, text: string): Promise<void> {
  const before = telegram.messages(GROUP).length;
  telegram.say(who, GROUP, text);
  await until(`an answer to ${text}`, () => telegram.messages(GROUP).length > before);
}

/** Presses the button of the newest card that has it. */
export function pressInTelegram({ telegram }: Chats, who: User, label: string): Promise<Seen> {
  const message = telegram.messages(GROUP).findLast((one) => telegram.buttons(one).some(({ text }) => text === label));
  const button = telegram.buttons(message).find(({ text }) => text === label);
  if (!message || !button) throw new Error(`Telegram shows no button “${label}”`);
  return telegram.press(who, GROUP, message.message_id, button.callback_data ?? '');
}

/** Presses a button under which Telegram asks once more; resolves when it asks. */
export async function pressAndBeAsked(chats: Chats, who: User, label: string): Promise<void> {
  await pressInTelegram(chats, who, label);
  await until('the second question', () => chats.cards().telegram.some(({ buttons }) => buttons.includes('Yes')));
}

/** What Slack shows to that person alone, once it does. */
export async function answerTo(deed: Promise<Deed>): Promise<string> {
  const { seen } = await deed;
  const own = (): Sight | undefined => seen().find(({ onlyFor }) => onlyFor !== null);
  await until('an answer in Slack', () => own() !== undefined);
  return own()?.text ?? '';
}

export function pressInSlack({ slack }: Chats, userId: string, label: string): Promise<Deed> {
  return slack.people.press(userId, cardWith(slack, label), label);
}

function cardWith({ messages }: SlackDouble, label: string): { readonly channel: string; readonly ts: string } {
  const card = messages.sights.findLast(({ ts, onlyFor, buttons }) => ts !== null && onlyFor === null && buttons.includes(label));
  if (!card?.ts) throw new Error(`Slack shows no button “${label}”`);
  return { channel: card.channel, ts: card.ts };
}
