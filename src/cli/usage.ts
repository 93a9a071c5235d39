import { commandCard } from '../commands/help.js';
import { commands } from '../commands/index.js';
import { readFlags } from '../commands/parse-words.js';
import type { Result } from '../commands/command.js';
import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';

type Shown = Parameters<typeof commandCard>[0];

const NO_FLAGS = { positionals: [], flags: {} } as const;

/** Verbs of the terminal alone, which need no store. */
export const OWN_VERBS: readonly Shown[] = [
  {
    name: 'init', summary: 'look what PM2 runs here, ask four questions, and write hypercare.yaml', usage: 'init [--yes] [--config <file>]', examples: ['init', 'init --yes', 'init --config /etc/hypercare/hypercare.yaml'], role: null,
    words: { positionals: [], flags: { yes: { type: 'boolean', about: 'ask nothing: watch everything, and only look' }, config: { type: 'string', about: 'the file to write, with .env beside it; else HYPERCARE_CONFIG, else hypercare.yaml in the program’s directory' } } },
  },
  { name: 'check', summary: 'measure everything once, now, without a monitor', usage: 'check [name]', examples: ['check', 'check shop --json'], role: null, words: { positionals: ['name'], flags: {} } },
  { name: 'doctor', summary: 'look over PM2, the machine and the configuration, and say what mends what', usage: 'doctor', examples: ['doctor', 'doctor --json'], role: null, words: NO_FLAGS },
  { name: 'config', summary: 'check hypercare.yaml: every mistake with its line', usage: 'config check [file]', examples: ['config check', 'config check /etc/hypercare/hypercare.yaml'], words: NO_FLAGS, role: null },
  { name: 'token', summary: 'make a token for the HTTP API', usage: 'token', examples: ['token', 'token --json'], words: NO_FLAGS, role: null },
  {
    name: 'demo', summary: 'break a sample shop for real, and watch it being healed', usage: 'demo <crash|late-crash-loop|hang|errors|slow|leak|bad-release> [--yes]', examples: ['demo crash', 'demo bad-release --yes'], role: null,
    words: { positionals: ['fault'], flags: { yes: { type: 'boolean', about: 'answer the questions by itself' } } },
  },
  {
    name: 'slack', summary: 'the manifest of its Slack app, and a link with it filled in', usage: 'slack manifest [--http <https address>]', role: null,
    examples: ['slack manifest', 'slack manifest --http https://hooks.example/slack/events'],
    words: { positionals: ['manifest'], flags: { http: { type: 'string', about: 'where Slack calls the bot, instead of Socket Mode' } } },
  },
  {
    name: 'telegram', summary: 'learn an account and a chat by a code that is sent to the bot', usage: 'telegram pair [--person <name>]', examples: ['telegram pair', 'telegram pair --person Ben'], role: null,
    words: { positionals: ['pair'], flags: { person: { type: 'string', about: 'whose account it is; default: who sits at this terminal' } } },
  },
  { name: 'backup', summary: 'copy the store while it is used', usage: 'backup [file]', examples: ['backup', 'backup /mnt/backups/hypercare.db'], role: null, words: { positionals: ['file'], flags: {} } },
  { name: 'restore', summary: 'put a copy in the place of the store, and keep what was there', usage: 'restore <file>', examples: ['restore /mnt/backups/hypercare.db'], role: null, words: { positionals: ['file'], flags: {} } },
  { name: 'completion', summary: 'a script that completes its words in your shell', usage: 'completion <bash|zsh|fish>', examples: ['completion bash', 'completion fish'], role: null, words: { positionals: ['shell'], flags: {} } },
  { name: 'chat', summary: 'post a test card to every channel, and say what is wrong there', usage: 'chat test', examples: ['chat test', 'chat test --json'], role: null, words: { positionals: ['test'], flags: {} } },
];

/** The verb of this name, whose words it reads; throws for words and flags it does not have. */
export function ownWords(name: string, words: readonly string[]): { readonly said: readonly string[]; readonly flags: Readonly<Record<string, string | boolean | undefined>> } {
  const verb = OWN_VERBS.find((one) => one.name === name);
  if (!verb) return missing(name);
  const { positionals, values } = readFlags(verb, words);
  const [extra] = positionals.slice(verb.words.positionals.length);
  if (extra !== undefined) throw wrongWords(verb, `“${extra.slice(0, 40)}” is one word too many`);
  return { said: positionals, flags: values as Readonly<Record<string, string | boolean | undefined>> };
}

/** What is told of words that lead nowhere. */
export function wrongWords({ name, usage: words, examples }: Pick<Shown, 'name' | 'usage' | 'examples'>, what: string): HypercareError {
  return new HypercareError('usage', 'invalid', `${name}: ${what}`, `Usage: ${words}, for example: ${examples[0]}`);
}

const EXAMPLES = ['hypercare status', 'hypercare rollback shop --plan', 'hypercare approve shop', 'hypercare status --json'];

/** What changes something can be done by this terminal too, where no monitor runs. */
function withOffline(found: Shown): Result['card'] {
  const card = commandCard(found);
  if (found.role === null || found.role === 'viewer') return card;
  return { ...card, fields: [...card.fields, { name: '--offline', value: 'have it done in this terminal, while no monitor runs' }] };
}

/** Everything there is, examples first; or one command. */
export function usage(name: string | undefined): Result {
  const all: readonly Shown[] = [...commands, ...OWN_VERBS];
  if (name !== undefined) {
    const found = all.find((one) => one.name === name.toLowerCase()) ?? missing(name, all);
    return { data: { version: 1, command: documentOf(found) }, card: withOffline(found), exit: 0 };
  }
  const fields = all.map(({ name: verb, summary }) => ({ name: verb, value: summary }));
  const card = {
    subject: 'help', level: 'info' as const, title: 'hypercare watches your app after it went live, and mends it',
    body: [`For example:\n${EXAMPLES.map((example) => `  ${example}`).join('\n')}`], fields, buttons: [],
    footer: 'How one of them is used: hypercare help <command>.\nEverywhere: --json, --config <file>, --help, --version; --offline does it without a running monitor.\nWhen the monitor cannot be started: rollback <app> --reason <why> --offline.\nExit codes: 0 good, 1 findings, 2 usage or config, 3 could not check.',
  };
  return { data: { version: 1, commands: all.map(documentOf) }, card, exit: 0 };
}

/** Throws what was probably meant, for a verb that is none. */
export function missing(name: string, all: readonly Pick<Shown, 'name' | 'usage'>[] = [...commands, ...OWN_VERBS]): never {
  const near = all.find((one) => one.name === nearestWord(name, all.map((known) => known.name)));
  const said = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  throw new HypercareError('command.unknown', 'invalid', `there is no command “${said}”`, `${near ? `Did you mean “${near.name}”? Usage: ${near.usage}. ` : ''}“hypercare help” lists all.`);
}

function documentOf({ name, summary, usage: words, examples, role }: Shown) {
  return { name, summary, usage: words, examples, role };
}
