import type { ErrorCode } from 'yaml';

/**
 * What the parser's errors mean for people. Its own messages are not shown, because some of them repeat the text they
 * stumbled over, and that may be a secret.
 */
const TEXT: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'an alias (*) is written wrongly here; text that begins with * or & needs quotes',
  BAD_COLLECTION_TYPE: 'this tag (!) does not fit what it stands before',
  BAD_DIRECTIVE: 'a directive (%) is written wrongly here',
  BAD_DQ_ESCAPE: 'this \\ escape is unknown: use single quotes, or \\\\ for a backslash',
  BAD_INDENT: 'the indentation does not fit the lines above, or a bracket above was not closed',
  BAD_SCALAR_START: 'text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " in one line: put the value in quotes',
  BLOCK_IN_FLOW: 'a list or mapping of several lines cannot stand inside brackets',
  KEY_OVER_1024_CHARS: 'this key is too long',
  MISSING_CHAR: 'something is missing before this: a closing quote or bracket, a comma, or a space after ":"',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line: is a ":" missing?',
  MULTIPLE_DOCS: 'the file must hold one document: take out "---"',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  TAB_AS_INDENT: 'a tab is used for indentation: use spaces',
  TAG_RESOLVE_FAILED: 'tags (!) are not used here; text that begins with ! needs quotes',
  UNEXPECTED_TOKEN: 'this does not belong here: check quotes, brackets and indentation',
};

/** `{ a: ${NAME} }`. */
export const UNQUOTED_NAME = 'a name (${…}) inside { } or [ ] needs quotes: put it in quotes, "${…}"';

export function syntaxText(code: ErrorCode): string {
  return TEXT[code] ?? `this is not YAML (${code.toLowerCase().replace(/_/g, ' ')})`;
}
