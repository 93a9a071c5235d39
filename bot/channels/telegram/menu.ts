import { cleanLine, cutText } from '../../../src/cards/clean.js';
import type { Logger } from '../../../src/io/log.js';
import type { Verb } from '../channel.js';
import type { Api } from './api.js';

// Telegram's limits: 100 commands of [a-z0-9_]{1,32}, descriptions of 1 to 256 characters.
const MOST = 100;
const NAME = /^[a-z0-9_]{1,32}$/;
const MAX_DESCRIPTION = 256;

/** The verbs as Telegram shows them after '/': it knows no dashes there, and understand.ts takes '_' for one. */
function drawMenu(verbs: readonly Verb[]): readonly { readonly command: string; readonly description: string }[] {
  return verbs
    .map(({ name, summary }) => ({ command: name.replaceAll('-', '_'), description: cutText(cleanLine(summary), MAX_DESCRIPTION) }))
    .filter(({ command, description }) => NAME.test(command) && description !== '')
    .slice(0, MOST);
}

export async function offerMenu(api: Api, verbs: readonly Verb[], log: Logger): Promise<void> {
  const commands = drawMenu(verbs);
  if (commands.length === 0) return;
  const answer = await api.call('setMyCommands', { commands });
  if ('trouble' in answer) log.info({ trouble: answer.trouble.kind }, 'telegram: the menu of commands could not be set');
}
