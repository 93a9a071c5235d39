import type { Source } from './sources.js';

const NO_FUNCTIONS = new Set(['if', 'for', 'while', 'switch', 'catch', 'with']);
const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' };
/** Longest head of a function that is looked at, in characters. */
const HEAD = 1_500;

export interface Body {
  /** Where it opens, and how many lines it has, opening and closing line included. */
  readonly line: number;
  readonly lines: number;
}

/** The bodies of all functions, methods and arrow functions with braces. */
export function functionsOf({ code }: Pick<Source, 'code'>): readonly Body[] {
  const open: { readonly line: number; readonly isBody: boolean }[] = [];
  const found: Body[] = [];
  let line = 1;
  for (const { 0: char, index } of code.matchAll(/[\n{}]/g)) {
    if (char === '\n') line += 1;
    if (char === '{') open.push({ line, isBody: isFunctionBody(code.slice(Math.max(0, index - HEAD), index).trimEnd()) });
    if (char !== '}') continue;
    const block = open.pop();
    if (block?.isBody) found.push({ line: block.line, lines: line - block.line + 1 });
  }
  return found;
}

/** Is a brace after this one behind `=>`, or behind a list of parameters with or without a return type? */
function isFunctionBody(before: string): boolean {
  if (before.endsWith('=>')) return true;
  if (/[:<|&,(]$/.test(before)) return false; // A type of an object.
  const list = before.endsWith(')') ? before.length - 1 : beforeReturnType(before);
  if (list === null) return false;
  const word = /(\w+)\s*(?:<[^()]*>)?\s*$/.exec(before.slice(0, opening(before, list)))?.[1];
  return word !== undefined && !NO_FUNCTIONS.has(word);
}

/** The `)` before `: Type` at the end of the text; null where there is none. */
function beforeReturnType(before: string): number | null {
  for (let at = before.length - 1; at >= 0; at -= 1) {
    const char = before[at] as string;
    if (char === '>' && before[at - 1] === '=') at -= 1;
    else if (char in CLOSES) at = opening(before, at);
    else if (';{,=('.includes(char)) return null;
    else if (char === ':') {
      const head = before.slice(0, at).trimEnd();
      return head.endsWith(')') ? head.length - 1 : null;
    }
  }
  return null;
}

/** The offset of the bracket that the one at `at` closes. */
function opening(text: string, at: number): number {
  const closes = text[at] as string;
  let depth = 0;
  for (let back = at; back >= 0; back -= 1) {
    if (closes === '>' && text[back] === '>' && text[back - 1] === '=') back -= 1;
    else if (text[back] === closes) depth += 1;
    else if (text[back] === CLOSES[closes] && (depth -= 1) === 0) return back;
  }
  return 0;
}
