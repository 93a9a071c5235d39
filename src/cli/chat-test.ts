import { randomUUID } from 'node:crypto';
import { asTrouble, type Channel, type Trouble } from '../../bot/channels/channel.js';
import { createChannel } from '../../bot/channels/index.js';
import { routeOf, sayRoute } from '../../bot/channels/route.js';
import type { Card } from '../cards/card.js';
import { noteCard } from '../cards/note-card.js';
import type { Exit, Result } from '../commands/command.js';
import type { ChannelConfig, Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import { HypercareError } from '../domain/errors.js';
import { systemClock } from '../io/clock.js';
import { createLogger } from '../io/log.js';
import { maskText } from '../io/mask.js';
import { LATE, within } from '../io/within.js';
import type { CliIo } from './cli-io.js';
import { findConfig } from './find-config.js';
import { readConfig } from './load-config.js';
import { ownWords } from './usage.js';

/** Longer than any call of a channel takes by itself. */
const EACH_MS = 60_000;

interface Tested {
  readonly name: string;
  /** The card stands there. */
  readonly told: boolean;
  readonly troubles: readonly Trouble[];
  /** Which cards it gets. */
  readonly gets: string;
}

/** Posts a real card to every channel and edits it, looks at rights and hearing, and says what to mend. Exit 1: something is wrong, 3: it could not be found out. */
export async function chat(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  const [verb] = ownWords('chat', words).said;
  if (verb !== 'test') throw new HypercareError('usage', 'invalid', verb === undefined ? '“chat” alone does nothing: it can be tested' : `there is no “chat ${verb.slice(0, 40)}”`, 'Write “hypercare chat test”.');
  const { config, secrets } = await readConfig(io, findConfig(io, named));
  const tested: Tested[] = [];
  for (const channel of config.channels) tested.push(await test(channel, { config, secrets, io }));
  return resultOf(tested);
}

interface Surroundings {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly io: CliIo;
}

async function test(configured: ChannelConfig, around: Surroundings): Promise<Tested> {
  const { kind, options } = configured;
  const gets = sayRoute(routeOf(options));
  // What the bot's process writes is seen in its own log, not here.
  if (kind === 'console') return { name: kind, told: true, troubles: [], gets };
  try {
    // Without its route: a test card is no alarm, and shall be seen whatever the channel's level.
    const channel = createChannel(configured, around.secrets, { log: quiet(), host: around.config.host });
    const done = await within(speakAndLook(channel, kind, around), EACH_MS, systemClock);
    return { gets, ...(done === LATE ? { name: channel.name, told: false, troubles: [{ why: `no end after ${EACH_MS / 1_000} s`, mend: 'Try again.', passes: true }] } : done) };
  } catch (thrown) {
    return { name: kind, told: false, troubles: [masked(asTrouble(thrown))], gets };
  }
}

function quiet() {
  return createLogger({ format: 'text', level: 'silent' });
}

async function speakAndLook(channel: Channel, kind: string, around: Surroundings): Promise<Omit<Tested, 'gets'>> {
  const spoken = await speak(channel, around).then(() => [], (thrown: unknown) => [asTrouble(thrown)]);
  const seen = (await channel.examine?.()) ?? [];
  // One token that is refused is told once.
  const troubles = [...spoken, ...seen.filter(({ mend }) => !spoken.some((one) => one.mend === mend)), ...nobodyThere(kind, around.config)];
  return { name: channel.name, told: spoken.length === 0, troubles: troubles.map(masked) };
}

/** Posted and edited: the two rights a live card needs. Where nothing can be edited, posted once. */
async function speak(channel: Channel, { config, io }: Surroundings): Promise<void> {
  const key = randomUUID();
  const card = (title: string, body: string): Card => noteCard({ subject: `test-${key}`, word: 'Test', level: 'info', title, body: [body], footer: `host ${config.host}` });
  const nothing = 'Nothing is wrong, and nothing has to be done.';
  const hears = channel.alertsOnly === true ? 'It only tells: nobody is heard here.' : 'Say “whoami” to it here to see whether it hears you.';
  if (channel.postsAnew === true) return void (await channel.deliver(card('hypercare can post cards here', `${nothing} ${hears} ${io.user} tried it.`), key, undefined));
  const first = await channel.deliver(card(`${io.user} tries whether hypercare can speak here`, 'In a moment this message is edited.'), key, undefined);
  await channel.deliver(card('hypercare can post and edit cards here', `${nothing} ${hears}`), `${key}-2`, first);
}

/** A card whose buttons nobody may press. */
function nobodyThere(kind: string, { people }: Config): readonly Trouble[] {
  if (kind !== 'slack' && kind !== 'telegram') return [];
  if (people.some(({ accounts, role }) => role !== 'viewer' && accounts.some(({ platform }) => platform === kind))) return [];
  const how = kind === 'slack' ? 'Say “/hypercare whoami” in Slack, and write the member ID it tells below a person as slack.' : '“hypercare telegram pair” learns it, by a code that is sent to the bot.';
  return [{ why: `nobody under \`people\` who may act has a ${kind} account, so nobody can ask or answer there`, mend: how, passes: false }];
}

/** Nothing is tried again here, unlike in the bot. */
function masked({ why, mend, passes }: Trouble): Trouble {
  const told = passes && mend?.startsWith('Nothing') ? 'Try again in a minute.' : (mend?.replace(/^It is tried again by itself\./, 'Try again in a minute.') ?? null);
  return { why: maskText(why), mend: told && maskText(told), passes };
}

function resultOf(tested: readonly Tested[]): Result {
  const wrong = tested.filter(({ troubles }) => troubles.length > 0);
  const asked = tested.filter(({ name }) => name !== 'console');
  const title = asked.length === 0 ? 'no chat is connected: only the log is written to'
    : wrong.length === 0 ? `${asked.length === 1 ? 'the channel works' : `all ${asked.length} channels work`}`
    : `${wrong.length} of ${asked.length} ${asked.length === 1 ? 'channel needs' : 'channels need'} a hand`;
  const exit: Exit = wrong.length === 0 ? (asked.length === 0 ? 1 : 0) : wrong.every(({ troubles }) => troubles.every(({ passes }) => passes)) ? 3 : 1;
  return {
    data: { version: 1, channels: tested.map(({ name, told, gets, troubles }) => ({ name, told, gets, troubles: troubles.map(({ why, mend }) => ({ why, mend })) })) },
    card: noteCard({
      subject: 'chat-test', level: exit === 0 ? 'good' : 'warning', title, body: tested.map(sayOne),
      footer: asked.length === 0 ? 'README.md, “Connect Slack” and “Connect Telegram”, says how.' : null,
    }),
    exit,
  };
}

function sayOne({ name, told, gets, troubles }: Tested): string {
  if (name === 'console') return `console: cards stand among the lines of pm2 logs hypercare-bot\n  gets ${gets}`;
  const card = told ? 'a test card was delivered' : 'the test card was not delivered';
  return [`${name}: ${card}`, `  gets ${gets}`, ...troubles.flatMap(({ why, mend }) => [`  ✗ ${why}`, ...(mend === null ? [] : [`    ${mend}`])])].join('\n');
}
