import { HypercareError } from '../domain/errors.js';

/** A line of chat that is longer is no command. */
export const MAX_LINE_CHARS = 2_000;
const MAX_WORDS = 60;

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '„': '“', '‘': '’', '«': '»' };

/**
 * A line as people type it, on a phone too, as words: quotes of any kind keep several words together where they begin a
 * word or follow '=', an apostrophe inside a word is itself, a dash that a phone made of '--' is '--' again, and a
 * typographic hyphen is a hyphen.
 */
export function splitWords(line: string): readonly string[] {
  if (line.length > MAX_LINE_CHARS) throw usage(`a command has at most ${MAX_LINE_CHARS} characters`);
  const words: string[] = [];
  for (let at = 0; at < line.length; ) {
    if (isSpace(line[at])) {
      at += 1;
      continue;
    }
    const { word, next } = readWord(line, at);
    words.push(word);
    at = next;
    if (words.length > MAX_WORDS) throw usage(`a command has at most ${MAX_WORDS} words`);
  }
  return words;
}

function readWord(line: string, start: number): { readonly word: string; readonly next: number } {
  let word = '';
  let at = start;
  while (at < line.length && !isSpace(line[at])) {
    const closing = CLOSING[line[at] as string];
    if (closing !== undefined && (word === '' || word.endsWith('='))) {
      const end = closingAt(line, at + 1, line[at] as string, closing);
      word += line.slice(at + 1, end);
      at = end + 1;
      // A quoted word ends with its quote, so that "" is an empty word.
      return { word, next: at };
    }
    word += line[at];
    at += 1;
  }
  return { word: word.replace(/^[–—]/, '--').replace(/[\u2010-\u2012\u2212]/g, '-'), next: at };
}

/** Phones close “ with ” and keyboards with ": either ends it. */
function closingAt(line: string, from: number, opening: string, closing: string): number {
  const ends = [line.indexOf(closing, from), ...(opening === '“' || opening === '„' ? [line.indexOf('"', from), line.indexOf('”', from)] : [])].filter((end) => end !== -1);
  if (ends.length === 0) throw usage(`the quote ${opening} is not closed`);
  return Math.min(...ends);
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

function usage(message: string): HypercareError {
  return new HypercareError('usage', 'invalid', message, 'Write the command again, as “help” shows it.');
}
