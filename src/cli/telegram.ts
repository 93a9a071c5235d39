import { existsSync, readFileSync } from 'node:fs';
import { openApi } from '../../bot/channels/telegram/api.js';
import { telegram as kind } from '../../bot/channels/telegram/index.js';
import { drawCode, pair, PAIR_WITHIN_MS, type Paired } from '../../bot/channels/telegram/pairing.js';
import { noteCard } from '../cards/note-card.js';
import type { Result } from '../commands/command.js';
import { addTelegram, type Owner } from '../config/add-telegram.js';
import type { Config } from '../config/config.js';
import { errorText, HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import type { CliIo } from './cli-io.js';
import { findConfig, type ConfigPaths } from './find-config.js';
import { readConfig } from './load-config.js';
import { replaceFile } from './replace-file.js';
import { ownWords } from './usage.js';

const CALL_MS = 15_000;

/**
 * Learns a person's Telegram account, and the chat where that is not known yet, by a code that is sent to the bot, and
 * writes both where the operator keeps them: hypercare.yaml and .env. Whoever may write there may do as much by hand.
 */
export async function telegram(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  const { said, flags } = ownWords('telegram', words);
  if (said[0] !== 'pair') throw new HypercareError('usage', 'invalid', said[0] === undefined ? '“telegram” alone does nothing: an account can be paired' : `there is no “telegram ${said[0].slice(0, 40)}”`, 'Write “hypercare telegram pair”.');
  const paths = findConfig(io, named);
  const { config, secrets } = await readConfig(io, paths);
  const token = secrets.TELEGRAM_BOT_TOKEN?.trim();
  if (!token) throw new HypercareError('telegram.token', 'invalid', 'there is no TELEGRAM_BOT_TOKEN', `Say /newbot to @BotFather in Telegram, and write the token it gives into ${paths.envFile}: TELEGRAM_BOT_TOKEN=…`);
  const person = whoPairs(config, io, typeof flags['person'] === 'string' ? flags['person'] : null);
  const options = config.channels.find((channel) => channel.kind === 'telegram')?.options as { readonly api_root?: string; readonly chat?: number } | undefined;
  const apiRoot = options?.api_root ?? (kind.options.parse({})).api_root;
  const knownChat = options?.chat?.toString() ?? secrets.TELEGRAM_CHAT_ID?.trim() ?? null;
  const code = drawCode();
  const paired = await pair({
    api: openApi({ token, apiRoot: apiRoot.replace(/\/*$/, '/'), timeoutMs: CALL_MS }), clock: io.clock, code,
    welcome: `Paired: this account is ${person} for hypercare on ${config.host}.`,
    begun: (bot) => void io.stderr.write(`Within ${PAIR_WITHIN_MS / 60_000} minutes send this to @${bot}, to be known as ${person}:\n\n  /pair ${code}\n\n${knownChat === null ? 'Send it in the group where cards shall go, with the bot in it; or to the bot alone, to get them there.\n' : ''}Waiting …\n`),
    shared: () => void io.stderr.write('The bot that runs hears nothing while this waits, and up to a minute longer; then it hears what was said meanwhile.\n'),
  });
  return keep(paths, { name: person, terminal: io.user, userId: paired.userId }, { paired, knownChat });
}

/** The person the account will belong to: named, or whoever sits at the terminal. */
function whoPairs({ people }: Config, { user }: CliIo, named: string | null): string {
  const found = named === null ? people.find(({ accounts }) => accounts.some(({ platform, userId }) => platform === 'terminal' && userId === user)) : people.find(({ name }) => name.toLowerCase() === named.toLowerCase());
  if (found === undefined && people.length === 0 && named === null) return user;
  if (found === undefined) {
    const near = named === null ? null : nearestWord(named, people.map(({ name }) => name));
    throw new HypercareError('pairing.person', 'invalid', named === null ? `nobody under \`people\` has the terminal account ${user}` : `there is nobody called “${named.slice(0, 40)}” under \`people\``, `${near === null ? '' : `Did you mean “${near}”? `}Say whose account it is: hypercare telegram pair --person <name>, one of ${people.map(({ name }) => name).join(', ')}.`);
  }
  if (found.accounts.some(({ platform }) => platform === 'telegram')) throw new HypercareError('pairing.known', 'invalid', `${found.name} has a Telegram account already`, 'Take `telegram` away from that person in hypercare.yaml first, and pair again.');
  return found.name;
}

function keep({ file, envFile }: ConfigPaths, owner: Owner, { paired, knownChat }: { readonly paired: Paired; readonly knownChat: string | null }): Result {
  const account = tryTo(() => writeAccount(file, owner));
  const chat = knownChat === null ? tryTo(() => writeChat(envFile, String(paired.chat))) : null;
  const done = account === null && chat === null;
  const body = [
    account === null ? `${file}: telegram: ${owner.userId} for ${owner.name}` : `Write into ${file}, below ${owner.name} under people: telegram: ${owner.userId} (${account})`,
    knownChat !== null ? (knownChat === String(paired.chat) ? `Cards go to this chat already (${knownChat}).` : `Cards go on to the chat ${knownChat}. To have them in this one, set TELEGRAM_CHAT_ID=${paired.chat}.`)
      : chat === null ? `${envFile}: TELEGRAM_CHAT_ID=${paired.chat}, where cards will go` : `Write into ${envFile}: TELEGRAM_CHAT_ID=${paired.chat} (${chat})`,
    'Then: hypercare chat test, and npm start takes it up.',
  ];
  return {
    data: { version: 1, person: owner.name, user: owner.userId, chat: paired.chat, written: done },
    card: noteCard({ subject: 'pair', level: done ? 'good' : 'warning', title: `${owner.name} is paired with the Telegram account of ${paired.userName || owner.userId}`, body }),
    exit: done ? 0 : 1,
  };
}

/** Null where it was done, else why not. */
function tryTo(write: () => string | null): string | null {
  try {
    return write();
  } catch (error) {
    return errorText(error);
  }
}

function writeAccount(file: string, owner: Owner): string | null {
  const text = addTelegram(readFileSync(file, 'utf8'), owner);
  if (text === null) return 'the file is written in a way that is left to you';
  replaceFile(file, text);
  return null;
}

function writeChat(envFile: string, chat: string): null {
  const text = existsSync(envFile) ? readFileSync(envFile, 'utf8') : '';
  const line = `TELEGRAM_CHAT_ID=${chat}`;
  const empty = /^(?:export[ \t]+)?TELEGRAM_CHAT_ID[ \t]*=[ \t]*$/m;
  replaceFile(envFile, empty.test(text) ? text.replace(empty, () => line) : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
  return null;
}
