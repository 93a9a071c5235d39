import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair, type Scalar } from 'yaml';
import { interpolate, MAX_TEXT_CHARS, type Lookup } from './interpolate.js';
import type { Path } from './mistake.js';
import { syntaxText, UNQUOTED_NAME } from './yaml-text.js';

/** Nodes counted with every alias followed: thirty lines of anchors can stand for a billion. */
const MAX_NODES = 20_000;
const MAX_DEPTH = 32;
const MAX_KEY_CHARS = 128;
/** One slip makes many follow; the first ones say where to look. */
const MAX_SYNTAX_ERRORS = 10;

/** One value of the file, its names put in, with where it and its key stand (offsets in the text). */
export interface Located {
  readonly value: unknown;
  /** Of a text: as it may be shown, with the names of what comes from the environment. */
  readonly shown?: string;
  readonly at: number;
  readonly keyAt: number;
  readonly children: ReadonlyMap<string, Located>;
}

export interface YamlProblem {
  readonly at: number;
  readonly path: Path;
  readonly message: string;
}

export interface YamlTree {
  /** Null where the text is no YAML, or too much of it. */
  readonly root: Located | null;
  readonly problems: readonly YamlProblem[];
  /** 1-based line and column of an offset. */
  place(at: number): { readonly line: number; readonly column: number };
}

interface Walk {
  readonly text: string;
  readonly lookup: Lookup;
  readonly place: YamlTree['place'];
  readonly anchors: Map<string, unknown>;
  /** Anchored nodes whose inside is being read: an alias to one of them would never end. */
  readonly inside: Set<unknown>;
  readonly problems: YamlProblem[];
  nodes: number;
}

interface Spot {
  readonly path: Path;
  readonly at: number;
  readonly keyAt: number;
}

/** Reads YAML text into plain values with their places. Text that is no YAML gives its syntax errors alone. */
export function readYaml(text: string, lookup: Lookup): YamlTree {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, resolveKnownTags: false });
  const place: YamlTree['place'] = (at) => {
    const { line, col } = lines.linePos(at);
    return line === 0 ? { line: 1, column: 1 } : { line, column: col };
  };
  const syntax = syntaxProblems(text, document);
  if (syntax.length > 0) return { root: null, problems: syntax, place };
  const walk: Walk = { text, lookup, place, anchors: new Map(), inside: new Set(), problems: [], nodes: 0 };
  const root = readNode(walk, document.contents, { path: [], at: 0, keyAt: 0 });
  return { root: walk.nodes > MAX_NODES ? null : root, problems: walk.problems, place };
}

function syntaxProblems(text: string, document: Document): readonly YamlProblem[] {
  const unquoted = text.lastIndexOf('${', document.errors[0]?.pos[0]);
  // Inside { } the braces of a name end the mapping, and all that follows stumbles over that.
  if (unquoted >= 0 && document.errors[0]?.code === 'UNEXPECTED_TOKEN' && document.errors[0].pos[0] - unquoted === 1) return [{ at: unquoted, path: [], message: UNQUOTED_NAME }];
  return [...document.errors, ...document.warnings]
    .slice(0, MAX_SYNTAX_ERRORS)
    .map((error) => ({ at: error.pos[0], path: [], message: syntaxText(error.code) }));
}

function readNode(walk: Walk, node: unknown, from: Spot): Located {
  const spot = { ...from, at: startOf(node) ?? from.at };
  walk.nodes += 1;
  if (walk.nodes > MAX_NODES) return refuse(walk, spot, `the file holds more than ${MAX_NODES} values, aliases followed`);
  if (spot.path.length > MAX_DEPTH) return refuse(walk, spot, `is nested more than ${MAX_DEPTH} deep`);
  if (isAlias(node)) return readAlias(walk, node.source, spot);
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor !== undefined) walk.anchors.set(anchor, node);
  walk.inside.add(node);
  const read = readValue(walk, node, spot);
  walk.inside.delete(node);
  return read;
}

function readValue(walk: Walk, node: unknown, spot: Spot): Located {
  if (isMap(node)) return readMap(walk, node.items, spot);
  if (isSeq(node)) return readList(walk, node.items, spot);
  if (isScalar(node)) return readScalar(walk, node, spot);
  return leaf(null, spot);
}

function readAlias(walk: Walk, name: string, spot: Spot): Located {
  const node = walk.anchors.get(name);
  if (node === undefined) return refuse(walk, spot, 'this alias (*) names no anchor (&) that stands above it');
  if (walk.inside.has(node)) return refuse(walk, spot, 'this alias (*) stands inside what it names');
  return { ...readNode(walk, node, spot), at: spot.at };
}

function readMap(walk: Walk, pairs: readonly Pair[], spot: Spot): Located {
  const children = new Map<string, Located>();
  const value: Record<string, unknown> = {};
  for (const pair of pairs) {
    // The budget is gone: what is left would only repeat the same complaint.
    if (walk.nodes > MAX_NODES) break;
    const keyAt = startOf(pair.key) ?? spot.at;
    const key = readKey(walk, pair.key, { ...spot, at: keyAt });
    if (key === null) continue;
    const path = [...spot.path, key];
    const earlier = children.get(key);
    if (earlier) walk.problems.push({ at: keyAt, path, message: `stands twice; the first is on line ${walk.place(earlier.keyAt).line}` });
    const child = readNode(walk, pair.value, { path, at: keyAt, keyAt });
    children.set(key, child);
    value[key] = child.value;
  }
  return { value, at: spot.at, keyAt: spot.keyAt, children };
}

function readKey(walk: Walk, node: unknown, spot: Spot): string | null {
  const key = isScalar(node) && node.value !== null && typeof node.value !== 'object' ? (node.source ?? String(node.value)) : null;
  if (key === null) refuse(walk, spot, 'a key must be plain text');
  else if (key.length > MAX_KEY_CHARS) refuse(walk, spot, `holds a key of more than ${MAX_KEY_CHARS} characters`);
  // A plain assignment of this one would change the object's prototype instead of adding a key.
  else if (key === '__proto__') refuse(walk, spot, 'may not hold a key of this name');
  else return key;
  return null;
}

function readList(walk: Walk, items: readonly unknown[], spot: Spot): Located {
  const children = new Map<string, Located>();
  const value: unknown[] = [];
  for (const [index, item] of items.entries()) {
    if (walk.nodes > MAX_NODES) break;
    const child = readNode(walk, item, { path: [...spot.path, index], at: spot.at, keyAt: startOf(item) ?? spot.at });
    children.set(String(index), child);
    value.push(child.value);
  }
  return { value, at: spot.at, keyAt: spot.keyAt, children };
}

function readScalar(walk: Walk, node: Scalar, spot: Spot): Located {
  const value = node.value;
  if (typeof value === 'string') return readTextValue(walk, value, node, spot);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return leaf(value, spot);
  // '%YAML 1.1' at the top brings dates and binaries, and makes 'no' a boolean.
  return refuse(walk, spot, 'must be text, a number, true or false');
}

function readTextValue(walk: Walk, value: string, node: Scalar, spot: Spot): Located {
  if (value.length > MAX_TEXT_CHARS) return refuse(walk, spot, `is longer than ${MAX_TEXT_CHARS} characters`);
  const { text, shown, problems } = interpolate(value, walk.lookup);
  let from = spot.at;
  for (const { part, message } of problems) {
    const found = walk.text.indexOf(part, from);
    const at = found !== -1 && found < (node.range?.[1] ?? found) ? found : spot.at;
    walk.problems.push({ at, path: spot.path, message });
    from = at + 1;
  }
  return problems.length === 0 ? { ...leaf(text, spot), shown } : leaf(undefined, spot);
}

function refuse(walk: Walk, spot: Spot, message: string): Located {
  walk.problems.push({ at: spot.at, path: spot.path, message });
  return leaf(undefined, spot);
}

function leaf(value: unknown, spot: Spot): Located {
  return { value, at: spot.at, keyAt: spot.keyAt, children: new Map() };
}

function startOf(node: unknown): number | null {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? null;
}
