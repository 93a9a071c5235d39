/** What stands in a .env file. Lines are 1-based; no message holds a value. */
export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * One `NAME=value` a line; '#' at the start of a line or after a space begins a comment; quotes as in a shell, on one
 * line. Node's own parser is not used, because it swallows the line after a malformed one without a word, and cuts an
 * unquoted password at its '#'.
 */
export function parseEnvFile(text: string): EnvFile {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  const problems: { line: number; message: string }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, rest] = ASSIGNMENT.exec(line) ?? [];
    const value = rest === undefined ? null : readValue(rest);
    const said = name === undefined ? 'is not NAME=value' : value === null ? `${name}: the quotes are not closed, or text follows them` : null;
    if (said !== null) problems.push({ line: index + 1, message: said });
    else values[name as string] = value as string;
  }
  return { values, problems };
}

function readValue(rest: string): string | null {
  const quote = rest[0];
  if (quote !== '"' && quote !== "'") return rest.replace(/(^|\s+)#.*$/, '');
  const found = quote === "'" ? /^'([^']*)'\s*(#.*)?$/.exec(rest) : /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/.exec(rest);
  if (!found) return null;
  const inside = found[1] as string;
  return quote === "'" ? inside : inside.replace(/\\(.)/g, (_, character: string) => ESCAPED[character] ?? character);
}
