import { readToken } from '../cards/token.js';
import { HypercareError } from '../domain/errors.js';
import { demand, mayUse } from './access.js';
import type { Command, Context, Result } from './command.js';
import { findCommand } from './help.js';
import { commands } from './index.js';
import { parseArguments, parseWords } from './parse-words.js';

/** Does what the words ask for; no words ask for help. Throws HypercareErrors that `errorCard` draws. */
export async function runWords(words: readonly string[], ctx: Context): Promise<Result> {
  const [name = 'help', ...rest] = words;
  return runCommand(findCommand(commands, name, commands.filter((command) => mayUse(command, ctx))), rest, ctx);
}

/** Does what a pressed button asks for. */
export async function runPressed(token: string, ctx: Context): Promise<Result> {
  const pressed = readToken(token);
  if (!pressed) throw new HypercareError('button.unknown', 'invalid', 'this button is not one of ours, or of another version', 'Write “status” to see how things are.');
  const verb = { yes: 'approve', no: 'deny', details: 'incidents' }[pressed.asks];
  return runWords([verb, pressed.id], ctx);
}

/** Does what a program asks for: a command by its name, its arguments by theirs, as JSON. */
export async function runArgs(name: string, args: unknown, ctx: Context): Promise<Result> {
  const command = findCommand(commands, name);
  await demand(command, ctx);
  return command.run(parseArguments(command, args), ctx);
}

async function runCommand<A>(command: Command<A>, words: readonly string[], ctx: Context): Promise<Result> {
  await demand(command, ctx);
  return command.run(parseWords(command, words), ctx);
}
