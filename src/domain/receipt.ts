import type { Json } from './json.js';

/** What a step says that it did, for people: its receipt may have a line, as `said`. Null: it says nothing. */
export function saidBy(receipt: Json): string | null {
  const said = (receipt as { readonly said?: unknown } | null)?.said;
  return typeof said === 'string' ? said : null;
}
