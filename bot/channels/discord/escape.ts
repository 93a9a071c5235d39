/** What is markup, a mention or a link anywhere in Discord's Markdown. */
const ANYWHERE = new Set('\\`*_~|<>[]()#@:');

/**
 * Text from outside as Discord shows it letter by letter, in at most `max` characters and cut between whole ones: a
 * backslash before a character that is neither letter, digit nor space takes its meaning away.
 */
export function escapeTo(text: string, max: number): string {
  const whole = escapeWithin(text, max);
  return whole ?? `${escapeWithin(text, max - 1, true) ?? ''}…`;
}

/** Null where it does not fit; with `cuts` as much as does. */
function escapeWithin(text: string, max: number, cuts = false): string | null {
  let shown = '';
  // Lists begin with a dash, a plus or a number and a full stop at the beginning of a line.
  let line = '';
  for (const character of text) {
    const marks = ANYWHERE.has(character) || ((character === '-' || character === '+') && /^\s*$/.test(line)) || (character === '.' && /^\s*\d+$/.test(line));
    const next = marks ? `\\${character}` : character;
    if (shown.length + next.length > max) return cuts ? shown : null;
    shown += next;
    line = character === '\n' ? '' : line.length < 20 ? line + character : 'x'.repeat(20);
  }
  return shown;
}
