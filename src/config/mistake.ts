/** Where something stands in hypercare.yaml: keys, and places in lists. */
export type Path = readonly (string | number)[];

/** One thing that is wrong (or, as a warning, odd) in what the operator wrote. It never holds a value from the file. */
export interface Mistake {
  readonly file: string;
  /** 1-based; null where the whole file is meant. */
  readonly line: number | null;
  readonly column: number | null;
  readonly path: Path;
  /** What is wrong, the nearest known word, and what is allowed. */
  readonly message: string;
}

/** No more than this many are told at once. */
export const MAX_MISTAKES = 100;

/** What is shown of one key; keys come from outside. */
const MAX_KEY_CHARS = 40;

/** 'hypercare.yaml:12:5: apps.shop.url: must begin with http:// or https://' */
export function mistakeLine(mistake: Mistake): string {
  const place = mistake.line === null ? mistake.file : `${mistake.file}:${mistake.line}:${mistake.column ?? 1}`;
  const path = drawPath(mistake.path);
  return path === '' ? `${place}: ${mistake.message}` : `${place}: ${path}: ${mistake.message}`;
}

/** 'apps.shop.endpoints[1].status'; a key that is no plain word is quoted, so that it cannot break the line. */
export function drawPath(path: Path): string {
  return path.reduce<string>((drawn, part) => drawn + drawPart(part, drawn === ''), '');
}

function drawPart(part: string | number, first: boolean): string {
  if (typeof part === 'number') return `[${part}]`;
  if (/^[\w*-]+$/.test(part) && part.length <= MAX_KEY_CHARS) return first ? part : `.${part}`;
  return `[${JSON.stringify(part.slice(0, MAX_KEY_CHARS))}]`;
}

/** In the order of the files' lines, each once, at most MAX_MISTAKES; a last entry says how many were left out. */
export function inOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  const each = new Map(mistakes.map((mistake) => [mistakeLine(mistake), mistake]));
  const sorted = [...each.values()].sort(
    (a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
  const last = sorted[MAX_MISTAKES];
  if (last === undefined) return sorted;
  const left = sorted.length - MAX_MISTAKES;
  return [...sorted.slice(0, MAX_MISTAKES), { file: last.file, line: null, column: null, path: [], message: `and ${left} more` }];
}
