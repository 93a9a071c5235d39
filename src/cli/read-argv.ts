import { HypercareError } from '../domain/errors.js';

/** What holds for every command, and the words that are left. */
export interface Argv {
  readonly json: boolean;
  /** Path of hypercare.yaml, as it was typed. */
  readonly config: string | null;
  readonly help: boolean;
  readonly version: boolean;
  /** Do it in this process, because no monitor runs. */
  readonly offline: boolean;
  readonly words: readonly string[];
}

/** Takes --json, --config, --offline, --help and --version out, wherever they stand before a `--`. */
export function readArgv(argv: readonly string[]): Argv {
  const words: string[] = [];
  let read: Omit<Argv, 'words'> = { json: false, config: null, help: false, version: false, offline: false };
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (word === '--') {
      words.push(...argv.slice(at));
      break;
    }
    if (word === '--json') read = { ...read, json: true };
    else if (word === '--offline') read = { ...read, offline: true };
    else if (word === '--help' || word === '-h') read = { ...read, help: true };
    else if (word === '--version' || word === '-v') read = { ...read, version: true };
    else if (word === '--config') read = { ...read, config: pathOf(argv[(at += 1)]) };
    else if (word.startsWith('--config=')) read = { ...read, config: pathOf(word.slice('--config='.length)) };
    else words.push(word);
  }
  return { ...read, words };
}

function pathOf(word: string | undefined): string {
  if (word !== undefined && word !== '' && !word.startsWith('-')) return word;
  throw new HypercareError('usage', 'invalid', '--config needs the path of a hypercare.yaml', 'For example: hypercare status --config /etc/hypercare/hypercare.yaml');
}
