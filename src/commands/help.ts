import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import { mayUse } from './access.js';
import type { Command, Context, Result } from './command.js';
import { word } from './fields.js';

const args = z.strictObject({ command: word.optional() });

/** The help of the registered commands; it is handed the list because the list holds it. */
export function helpOn(all: () => readonly Command<unknown>[]): Command<z.output<typeof args>> {
  return {
    name: 'help',
    summary: 'what you may ask, or how one command is used',
    usage: 'help [command]',
    examples: ['help', 'help rollback'],
    role: null,
    words: { positionals: ['command'], flags: {} },
    args,
    run: async (wanted, ctx) => (wanted.command === undefined ? overview(all(), ctx) : one(all(), wanted.command)),
  };
}

/** Only what the speaker may use: a list of doors that are shut helps nobody. */
function overview(all: readonly Command<unknown>[], ctx: Context): Result {
  const able = all.filter((command) => mayUse(command, ctx));
  const hidden = all.length - able.length;
  return {
    data: { version: 1, commands: able.map(commandDocument) },
    card: noteCard({
      subject: 'help', level: 'info', title: 'what you may ask here',
      // Chats show few fields of a card, and all lines of a paragraph.
      ...(ctx.via === 'terminal' ? { fields: able.map(({ name, summary }) => ({ name, value: summary })) } : { body: [able.map(({ name, summary }) => `${name}: ${summary}`).join('\n')] }),
      footer: hidden === 0 ? 'more on one of them: help <command>' : `more on one of them: help <command> · ${hidden} more are for other roles or for the terminal`,
    }),
    exit: 0,
  };
}

function one(all: readonly Command<unknown>[], name: string): Result {
  const command = findCommand(all, name);
  return { data: { version: 1, command: commandDocument(command) }, card: commandCard(command), exit: 0 };
}

/** Examples first: most people need no more. */
export function commandCard(command: Pick<Command<unknown>, 'name' | 'summary' | 'usage' | 'examples' | 'words' | 'role'>) {
  return noteCard({
    subject: `help-${command.name}`, level: 'info', title: `${command.name}: ${command.summary}`,
    body: [`For example:\n${command.examples.map((example) => `  ${example}`).join('\n')}`, `Usage: ${command.usage}`],
    fields: Object.entries(command.words.flags).map(([flag, { about }]) => ({ name: `--${flag}`, value: about })),
    footer: command.role === null ? null : `for everybody from ${command.role} on`,
  });
}

function commandDocument({ name, summary, usage, examples, role }: Command<unknown>) {
  return { name, summary, usage, examples, role };
}

/**
 * The command of this name, or an error that says which one was meant. Of commands the speaker may not use only one that
 * was named rightly is spoken of; `able` are the others.
 */
export function findCommand(all: readonly Command<unknown>[], name: string, able?: readonly Command<unknown>[]): Command<unknown> {
  const found = all.find((command) => command.name === name.toLowerCase());
  if (found) return found;
  const near = nearestWord(name.toLowerCase(), (able ?? all).map((command) => command.name));
  const said = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  const rest = able === undefined ? '“help” lists what you may ask.' : `You may say: ${able.map((command) => command.name).join(', ')}.`;
  throw new HypercareError('command.unknown', 'invalid', `there is no command “${said}”`, `${near === null ? '' : `Did you mean “${near}”? `}${rest}`);
}
