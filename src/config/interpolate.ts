/** The value of an environment name; undefined where it is not set or empty. */
export type Lookup = (name: string) => string | undefined;

export interface Interpolated {
  readonly text: string;
  /** The text with `${NAME}` left standing where the environment has a value: what may be shown. */
  readonly shown: string;
  /** `part` is the text as written, for finding its place; no message holds a value. */
  readonly problems: readonly { readonly part: string; readonly message: string }[];
}

/** A text value may not grow beyond this: a few names with long values would fill the memory. */
export const MAX_TEXT_CHARS = 16_384;

const PLACES = /\$\$\{|\$\{[^}]*\}?/g;
const NAME = /^\$\{([A-Za-z_][A-Za-z0-9_]{0,99})(?::-([\s\S]*))?\}$/;

/**
 * Puts in what `${NAME}` and `${NAME:-default}` stand for; `$${` is a plain `${`. It runs on values after the YAML
 * was read, once, so what comes from the environment can neither add keys nor name further names.
 */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  const problems: { part: string; message: string }[] = [];
  let length = 0;
  const expanded = text.replace(PLACES, (part) => {
    if (part === '$${') return '${';
    const value = valueOf(part, lookup);
    if ('problem' in value) problems.push({ part, message: value.problem });
    length += 'text' in value ? value.text.length : 0;
    return 'text' in value && length <= MAX_TEXT_CHARS ? value.text : '';
  });
  if (length > MAX_TEXT_CHARS) problems.push({ part: '${', message: `grows beyond ${MAX_TEXT_CHARS} characters with what its names stand for` });
  return { text: expanded, shown: text.replace(PLACES, (part) => showing(part, lookup)), problems };
}

function showing(part: string, lookup: Lookup): string {
  const [, name, fallback = ''] = NAME.exec(part) ?? [];
  if (name === undefined) return '${';
  return lookup(name) === undefined ? fallback : `\${${name}}`;
}

function valueOf(part: string, lookup: Lookup): { readonly text: string } | { readonly problem: string } {
  const found = NAME.exec(part);
  if (!found) return { problem: 'write ${NAME} or ${NAME:-default}, and $${ for a plain ${' };
  const name = found[1] as string;
  const text = lookup(name) ?? found[2];
  if (text !== undefined) return { text };
  return { problem: `\${${name}} is not set: put ${name} into .env or the environment, or write \${${name}:-default}` };
}
