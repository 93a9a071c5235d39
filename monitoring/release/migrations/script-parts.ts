/**
 * The code of a script without comments, and its texts, each written there as `§n§`: with a `g` behind the number where
 * it says that what points to a deleted row goes along, and a `t` where it is a template.
 */
export interface ScriptParts {
  readonly code: string;
  /** plain: it says what stands there, whatever the script does (no `${…}` in it). */
  readonly texts: readonly { readonly text: string; readonly plain: boolean }[];
}

const GOES_ALONG = /^\s*(?:cascade|set null|set default)\s*$/i;

/** Comments, texts in the three kinds of quotes; what is open at the end goes to the end. */
const PARTS = /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|'((?:[^'\\\n]|\\[\s\S])*)(?:'|$)|"((?:[^"\\\n]|\\[\s\S])*)(?:"|$)|`((?:[^`\\]|\\[\s\S])*)(?:`|$)/g;

/** JavaScript or TypeScript; a regular expression in it that holds quotes makes it unreadable, and so unknown. */
export function scriptParts(source: string): ScriptParts {
  const texts: { text: string; plain: boolean }[] = [];
  const code = source.replace(PARTS, (_part, comment: string | undefined, single: string | undefined, double: string | undefined, template: string | undefined) => {
    if (comment !== undefined) return ' ';
    const text = unescaped(single ?? double ?? template ?? '');
    texts.push({ text, plain: template === undefined || !template.includes('${') });
    return `§${texts.length - 1}${GOES_ALONG.test(text) ? 'g' : ''}${template === undefined ? '' : 't'}§`;
  });
  return { code, texts };
}

/** Enough for SQL: line breaks, and quotes and backslashes that stand for themselves. */
function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (_all, one: string) => (one === 'n' || one === 't' || one === 'r' || one === '\n' ? ' ' : one));
}

const UP = /\bup\b\s*(?:[(=:]|\?\?)/;
const DOWN = /\bdown\b\s*(?:[(=:]|\?\?)/;

/** The part of a migration that goes forward: from `up` to `down`, or to the end; null where it has no `up`. */
export function upOf(code: string): string | null {
  const from = code.search(UP);
  if (from === -1) return null;
  const length = code.slice(from).search(DOWN);
  return length === -1 ? code.slice(from) : code.slice(from, from + length);
}

/** A call: the name before its bracket, and all that stands between its brackets. */
export interface Call {
  readonly name: string;
  readonly inside: string;
}

/** Every call in the code, those inside of other calls too. */
export function callsIn(code: string): readonly Call[] {
  return [...code.matchAll(/([A-Za-z_$][\w$]*)\s*(?:<[\w\s,.[\]|]*>)?\s*\(/g)].map(({ 0: all, 1: name = '', index }) => {
    const from = index + all.length;
    return { name, inside: code.slice(from, endOf(code, from)) };
  });
}

/** Where the bracket that is open at `from` closes. */
function endOf(code: string, from: number): number {
  let depth = 1;
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
}

/** Every pair of braces, the inner ones first, each without those inside of it. */
export function objectsIn(code: string): readonly string[] {
  const found: string[] = [];
  for (let left = code; ; ) {
    const inner = [...left.matchAll(/\{[^{}]*\}/g)].map(([object]) => object);
    if (inner.length === 0) return found;
    found.push(...inner);
    left = left.replace(/\{[^{}]*\}/g, '§');
  }
}
