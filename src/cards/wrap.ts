const ZERO_WIDTH = /^[\p{M}\u200b-\u200d\u2060\ufe0e\ufe0f]$/u;
// East Asian wide blocks and pictures: terminals give them two columns.
const DOUBLE_WIDTH = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$|^\p{Emoji_Presentation}$/u;

/** Columns the text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/**
 * Lines of at most `width` columns, broken between words where possible and inside a word that is longer than a line.
 * Newlines and the spaces a line begins with are kept, because log lines and tables come through here too.
 */
export function wrapText(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line.trimEnd(), Math.max(1, width)));
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const piece of line.match(/\s+|\S+/gu) ?? []) {
    if (displayWidth(current + piece) <= width) {
      current += piece;
      continue;
    }
    if (current.trim() !== '') {
      lines.push(current.trimEnd());
      current = '';
    }
    if (piece.trim() === '') continue;
    const broken = breakWord(current + piece, width);
    lines.push(...broken.slice(0, -1));
    current = broken.at(-1) ?? '';
  }
  return [...lines, current.trimEnd()];
}

function breakWord(word: string, width: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && displayWidth(part) + characterWidth(character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return DOUBLE_WIDTH.test(character) ? 2 : 1;
}
