/**
 * From left to right, because a comment may stand in a text and a text in a comment: comments, texts between dollars,
 * texts with and without escapes (what is open at the end goes to the end), quoted names.
 */
const PARTS = /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(\$(\w*)\$[\s\S]*?(?:\$\3\$|$)|\be'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|'(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$))/gi;

/** The statements of a script, each on one line, without comments, and with every text written as `''`. */
export function statementsOf(sql: string): readonly string[] {
  const bare = sql.replace(PARTS, (_part, comment: string | undefined, text: string | undefined, _tag, name: string | undefined) => (comment !== undefined ? ' ' : text !== undefined ? "''" : quoted(name ?? '')));
  return bare.split(';').map((statement) => statement.replace(/\s+/g, ' ').trim()).filter((statement) => statement !== '');
}

/** A name between quotes may hold anything: what would look like the words around it is taken out. */
function quoted(name: string): string {
  return `"${name.replace(/[^\w]/g, '_').replace(/^_|_$/g, '')}"`;
}

/** What stands between the outermost brackets behind the first one, parted at commas that stand in no bracket of their own. */
export function listIn(text: string): readonly string[] {
  const from = text.indexOf('(');
  return from === -1 ? [] : partsOf(text.slice(from + 1, text.lastIndexOf(')')));
}

/** Parted at commas outside of brackets. */
export function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (text[at] !== ',' || depth > 0) continue;
    parts.push(text.slice(from, at).trim());
    from = at + 1;
  }
  return [...parts, text.slice(from).trim()].filter((part) => part !== '');
}
