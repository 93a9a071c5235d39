import { resolve } from 'node:path';
import { noteCard } from '../cards/note-card.js';
import type { Result } from '../commands/command.js';
import { inOrder, mistakeLine, type Mistake } from '../config/mistake.js';
import { HypercareError } from '../domain/errors.js';
import type { CliIo } from './cli-io.js';
import { findConfig } from './find-config.js';
import { checkConfig } from './load-config.js';
import { machineWarnings } from './machine-check.js';

/** Every mistake of a hypercare.yaml and its .env, as file:line:column and what to write instead; as warnings, what this machine does not have. Exit 2 with mistakes. */
export async function configCheck(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  const [verb, file, ...more] = words;
  if (verb !== 'check') throw usage(verb === undefined ? '“config” alone does nothing: it can be checked' : `there is no “config ${verb.slice(0, 40)}”`);
  if (more.length > 0 || file?.startsWith('-')) throw usage('“config check” takes one file and no flag');
  const paths = findConfig(io, file === undefined ? named : resolve(io.cwd, file));
  const loaded = await checkConfig(io, paths);
  const mistakes = loaded.ok ? [] : loaded.mistakes;
  const warnings = loaded.ok ? inOrder([...loaded.warnings, ...(await machineWarnings(loaded.config)).map(loaded.place)]) : loaded.warnings;
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  const notes = warnings.length === 0 ? '' : `, ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`;
  return {
    data: { version: 1, file: paths.file, ok: loaded.ok, mistakes: mistakes.map(documentOf), warnings: warnings.map(documentOf) },
    card: noteCard({
      subject: 'config', ...(loaded.ok ? {} : { word: 'Error' }), level: !loaded.ok ? 'critical' : warnings.length > 0 ? 'warning' : 'good', title: loaded.ok ? `the configuration is right${notes}` : `the configuration has ${count}${notes}`,
      body: [...mistakes.map(mistakeLine), ...warnings.map((warning) => `warning: ${mistakeLine(warning)}`)], footer: paths.file,
    }),
    exit: loaded.ok ? 0 : 2,
  };
}

function usage(what: string): HypercareError {
  return new HypercareError('usage', 'invalid', what, 'Write “hypercare config check” for the configuration in use, or “hypercare config check <file>”. Every mistake is told with its line.');
}

function documentOf({ file, line, column, path, message }: Mistake) {
  return { file, line, column, path, message };
}
