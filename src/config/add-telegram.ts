import { isMap, isScalar, isSeq, parseDocument, type Pair, type YAMLMap } from 'yaml';

/** Whose account it is. `terminal`: under which a person is entered where the file names nobody yet. */
export interface Owner {
  readonly name: string;
  readonly terminal: string;
  readonly userId: string;
}

/**
 * hypercare.yaml with a person's Telegram account, and otherwise letter for letter as it was. Null where it is written
 * in a way that cannot be added to by this: then people do it by hand.
 */
export function addTelegram(text: string, owner: Owner): string | null {
  const changed = changeIn(text, owner);
  return changed !== null && isThatChange(text, changed, owner) ? changed : null;
}

function changeIn(text: string, { name, terminal, userId }: Owner): string | null {
  const document = parseDocument(text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) return null;
  const people = document.get('people');
  if (!document.has('people')) {
    const entry = `people:\n  - { name: ${JSON.stringify(name)}, role: approver, terminal: ${JSON.stringify(terminal)}, telegram: ${userId} }\n`;
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}\n${entry}`;
  }
  if (!isSeq(people)) return null;
  const person = people.items.find((item): item is YAMLMap => isMap(item) && item.get('name') === name);
  return person === undefined || person.has('telegram') ? null : withAccount(text, person, userId);
}

function withAccount(text: string, person: YAMLMap, userId: string): string | null {
  const last = person.items.at(-1) as Pair | undefined;
  if (!person.range || !last || !isScalar(last.value) || !last.value.range || !isScalar(last.key) || !last.key.range) return null;
  const end = last.value.range[1];
  if (person.flow) return `${text.slice(0, end)}, telegram: ${userId}${text.slice(end)}`;
  const first = person.items[0]?.key;
  if (!isScalar(first) || !first.range) return null;
  const column = first.range[0] - (text.lastIndexOf('\n', first.range[0] - 1) + 1);
  const lineEnd = text.indexOf('\n', end);
  const at = lineEnd === -1 ? text.length : lineEnd;
  return `${text.slice(0, at)}\n${' '.repeat(column)}telegram: ${userId}${text.slice(at)}`;
}

/** Nothing else may have come to mean something else. */
function isThatChange(before: string, after: string, { name, userId, terminal }: Owner): boolean {
  if (parseDocument(after).errors.length > 0) return false;
  const read = (text: string): Record<string, unknown> => (parseDocument(text).toJS() ?? {}) as Record<string, unknown>;
  const { people: old = null, ...rest } = read(before);
  const { people: now, ...others } = read(after);
  const wanted = old === null
    ? [{ name, role: 'approver', terminal, telegram: Number(userId) }]
    : (old as readonly { readonly name?: unknown }[]).map((person) => (person.name === name ? { ...person, telegram: Number(userId) } : person));
  return JSON.stringify(rest) === JSON.stringify(others) && JSON.stringify(wanted) === JSON.stringify(now);
}
