/** Where code may stop being plain: a comment, a string, a template, a slash, a brace. */
const NEXT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|[`{}/]/g;
/** Behind these a slash begins a regular expression, and is no division. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))\s*$/;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//y;
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*/y;
const LOOK_BACK = 40;

/**
 * TypeScript without what only reads like code: comments and the insides of strings, templates and regular expressions
 * are blanked, and everything else stays at its offset. TypeScript 7 has no compiler API, and these rules need none.
 */
export function codeOf(text: string): string {
  let code = '';
  /** Depths of braces at which a `}` ends a template's `${`. */
  const templates: number[] = [];
  let depth = 0;
  const keep = (to: number) => (code += text.slice(code.length, to));
  const blank = (to: number) => (code += text.slice(code.length, to).replace(/[^\n]/g, ' '));
  const templateText = () => {
    blank(endOf(TEMPLATE_TEXT, text, code.length));
    const opens = text.startsWith('${', code.length);
    keep(code.length + (opens ? 2 : 1));
    if (opens) templates.push(depth);
  };
  for (NEXT.lastIndex = 0; ; NEXT.lastIndex = code.length) {
    const next = NEXT.exec(text);
    if (!next) return code + text.slice(code.length);
    const [piece] = next;
    keep(next.index);
    if (piece === '/') {
      const end = BEFORE_REGEX.test(code.slice(-LOOK_BACK)) ? endOf(REGEX, text, next.index) : next.index + 1;
      blankInside(end);
    } else if (piece === '`') {
      keep(next.index + 1);
      templateText();
    } else if (piece === '{') {
      depth += 1;
      keep(next.index + 1);
    } else if (piece === '}' && templates.at(-1) === depth) {
      templates.pop();
      keep(next.index + 1);
      templateText();
    } else if (piece === '}') {
      depth -= 1;
      keep(next.index + 1);
    } else if (piece.startsWith('/')) blank(next.index + piece.length);
    else blankInside(next.index + piece.length);
  }

  /** Quotes and slashes stay. */
  function blankInside(end: number): void {
    keep(code.length + 1);
    blank(Math.max(code.length, end - 1));
    keep(end);
  }
}

function endOf(sticky: RegExp, text: string, from: number): number {
  sticky.lastIndex = from;
  return sticky.exec(text) ? sticky.lastIndex : from + 1;
}
