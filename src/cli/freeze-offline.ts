import { existsSync } from 'node:fs';
import { holdLine } from '../cards/hold-card.js';
import { noteCard } from '../cards/note-card.js';
import type { Result } from '../commands/command.js';
import { parseWords } from '../commands/parse-words.js';
import { freeze } from '../commands/freeze.js';
import { errorText, HypercareError } from '../domain/errors.js';
import { storeFile } from '../store/address.js';
import { freezeFile, readFreeze, removeFreeze, writeFreeze } from '../store/freeze-file.js';
import type { CliIo } from './cli-io.js';
import { findConfig } from './find-config.js';
import { brokenLine, readRemains } from './load-config.js';

/** The freeze file, put there or taken away with neither monitor nor store: whoever may write there may do as much by hand. */
export async function freezeOffline(io: CliIo, named: string | null, words: readonly string[]): Promise<Result> {
  const { config, secrets, broken } = await readRemains(io, findConfig(io, named));
  // Of a configuration with mistakes only a place that is in use can be believed to be the monitor's.
  if (broken !== null && !secrets.DATABASE_URL && !existsSync(storeFile(config))) throw broken;
  if (broken !== null) io.stderr.write(`${brokenLine(broken, config.dataDir)}\n`);
  const file = freezeFile(config);
  const isOn = words[0] === 'freeze';
  let reasonKept = true;
  try {
    if (!isOn) return thawed(file, await removeFreeze(file));
    reasonKept = await writeFreeze(file, parseWords(freeze, words.slice(1)).reason);
  } catch (error) {
    if (error instanceof HypercareError) throw error;
    throw new HypercareError('freeze.file', 'transient', `the freeze file ${file} cannot be ${isOn ? 'written' : 'removed'}: ${errorText(error)}`, `As a user who may write there: ${isOn ? 'touch' : 'rm'} ${file}`);
  }
  const card = noteCard({ subject: 'freeze', level: 'warning', title: 'everything is frozen: hypercare does nothing, whoever asks', body: [`It holds while ${file} is there, for all apps and without an end.`, ...(reasonKept ? [] : ['The disk is full: there was no room for the reason.']), 'To end it: hypercare unfreeze --offline'] });
  return { data: { version: 1, frozen: true, file }, card, exit: 0 };
}

function thawed(file: string, wasThere: boolean): Result {
  const title = wasThere ? 'the freeze file is removed' : 'there was no freeze file';
  const card = noteCard({ subject: 'freeze', level: 'good', title, body: ['What else is held shows: hypercare holds'] });
  return { data: { version: 1, frozen: false, file }, card, exit: 0 };
}

/** For somebody whose store does not answer: the line that says it is frozen; null where it is not. */
export async function frozenLine(io: CliIo, named: string | null): Promise<string | null> {
  const { config } = await readRemains(io, findConfig(io, named));
  const file = await readFreeze(freezeFile(config));
  if (file === null || file.since === null) return null;
  return holdLine({ kind: 'freeze', scope: '*', author: file.author, reason: file.reason, from: file.since, until: null }, { now: io.clock.now(), timeZone: io.timeZone });
}
