import type { Config } from './config.js';
import { crossChecks } from './cross-checks.js';
import { defaultChannels, idleSecrets, twoChats } from './default-channels.js';
import { readEnvironment, type Environment, type ProcessEnv } from './env.js';
import { factsOf } from './facts.js';
import { issueText } from './issue-text.js';
import { flatIssues, type Complaint } from './issues.js';
import { inOrder, type Mistake, type Path } from './mistake.js';
import { readText } from './read-text.js';
import { salvage } from './salvage.js';
import { configSchema, type ConfigFile, type ConfigSchema } from './schema.js';
import type { Units } from './units.js';
import { toConfig, type Surroundings } from './to-config.js';
import { warningsOf } from './warnings.js';
import { readYaml, type Located, type YamlTree } from './yaml-tree.js';

const MAX_CONFIG_BYTES = 1_048_576;

/** Where a configuration is read from. */
export interface ConfigSource {
  /** Path of hypercare.yaml; mistakes name it as it is given. */
  readonly file: string;
  readonly env: ProcessEnv;
  /** Path of the .env file, which may be absent. */
  readonly envFile: string;
  /** The user's home directory: what `~` stands for. */
  readonly home: string;
  /** A configuration whose sections hold where `file` has none of its own. */
  readonly beneath?: string;
}

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly Mistake[];
      /** Where in the file something stands that was found out later. */
      readonly place: (complaint: Complaint) => Mistake;
    }
  | {
      readonly ok: false;
      readonly mistakes: readonly Mistake[];
      readonly warnings: readonly Mistake[];
      /** Where its host's memory is, as far as that can be read; it watches nothing and lets nothing be done. */
      readonly remains: Config;
    };

/** Reads and checks the whole configuration. Every mistake comes back at once, in the order of the lines; nothing is thrown. */
export function loadConfig({ units, ...source }: ConfigSource & { readonly units: Units }): LoadedConfig {
  return configLoader(units)(source);
}

/** The same for who loads more than once: making the schema takes longer than reading a file with it. */
export function configLoader(units: Units): (source: ConfigSource) => LoadedConfig {
  const schema = configSchema(units);
  return (source) => load(source, schema, units);
}

function load(source: ConfigSource, schema: ConfigSchema, units: Units): LoadedConfig {
  const environment = readEnvironment(source);
  const read = readText(source.file, MAX_CONFIG_BYTES);
  const checked = read.ok ? checkText(read.text, source.file, { schema, units, environment, beneath: source.beneath === undefined ? {} : sectionsOf(source.beneath, environment) }) : unreadable(source.file, read);
  const warnings = inOrder([...environment.warnings, ...checked.warnings]);
  const mistakes = inOrder([...environment.mistakes, ...checked.mistakes]);
  const around = { home: source.home, lookup: environment.lookup, mostPerHour: environment.mostPerHour, defaultChannels: defaultChannels(units, environment.secrets) };
  if (checked.file === null || mistakes.length > 0) {
    const remains = toConfig(salvage(read.ok ? read.text : '', schema, environment.lookup), { ...around, shown: () => undefined });
    return { ok: false, mistakes, warnings, remains };
  }
  return { ok: true, config: toConfig(checked.file, { ...around, shown: checked.shown }), warnings, place: checked.place };
}

interface Checked {
  /** Null where there are mistakes. */
  readonly file: ConfigFile | null;
  readonly shown: Surroundings['shown'];
  readonly place: (complaint: Complaint) => Mistake;
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly Mistake[];
}

/** Of a text that cannot be read, nothing has a place of its own. */
function nothing(mistakes: readonly Mistake[]): Checked {
  return { file: null, shown: () => undefined, place: (complaint) => ({ file: '', line: null, column: null, ...complaint }), mistakes, warnings: [] };
}

function unreadable(file: string, read: { readonly missing: boolean; readonly problem: string; readonly line: number | null }): Checked {
  const message = read.missing ? 'there is no such file: copy hypercare.example.yaml there, or name another with HYPERCARE_CONFIG' : read.problem;
  const mistake = { file, line: read.line, column: read.line === null ? null : 1, path: [], message };
  return nothing([mistake]);
}

interface Against {
  readonly schema: ConfigSchema;
  readonly units: Units;
  readonly environment: Environment;
  readonly beneath: Readonly<Record<string, unknown>>;
}

function checkText(text: string, file: string, { schema, units, environment, beneath }: Against): Checked {
  const tree = readYaml(text, environment.lookup);
  const { root } = tree;
  const broken = tree.problems.map((problem) => ({ file, ...tree.place(problem.at), path: problem.path, message: problem.message }));
  if (root === null) return nothing(broken);
  const place = (complaint: Complaint): Mistake => placed({ file, tree, root, text }, complaint);
  const value = isMapping(root.value) ? { ...beneath, ...root.value } : root.value;
  const parsed = schema.safeParse(value, { error: issueText });
  const complaints = [...(parsed.success ? twoChats(parsed.data, environment.secrets) : flatIssues(parsed.error.issues)), ...crossChecks(factsOf(value))];
  const mistakes = [...broken, ...complaints.filter((complaint) => !isEcho(complaint, root)).map(place)];
  const right = parsed.success && mistakes.length === 0 ? parsed.data : null;
  const warnings = right === null ? [] : [...warningsOf(right), ...idleSecrets(right, units, environment.secrets)];
  return { file: right, shown: (path) => at(root, path)?.shown, mistakes, warnings: warnings.map(place), place };
}

/** The sections of a file that was checked before; of one that cannot be read, none. */
function sectionsOf(file: string, environment: Environment): Readonly<Record<string, unknown>> {
  const read = readText(file, MAX_CONFIG_BYTES);
  const value = read.ok ? readYaml(read.text, environment.lookup).root?.value : null;
  return isMapping(value) ? value : {};
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A value that could not be read is undefined; what the schema says of that only repeats the first mistake. */
function isEcho(complaint: Complaint, root: Located): boolean {
  let found: Located | undefined = root;
  for (const part of complaint.path) {
    found = found.children.get(String(part));
    if (found === undefined) return false;
    if (found.value === undefined) return true;
  }
  return false;
}

function at(root: Located, path: Path): Located | undefined {
  return path.reduce<Located | undefined>((found, part) => found?.children.get(String(part)), root);
}

/** Finds the line of a complaint: its value's, its key's, or for what is missing the nearest thing around it. */
interface Written {
  readonly file: string;
  readonly tree: YamlTree;
  readonly root: Located;
  readonly text: string;
}

function placed({ file, tree, root, text }: Written, complaint: Complaint): Mistake {
  const { path, message, onKey, offset = 0 } = complaint;
  let found = root;
  for (const [depth, part] of path.entries()) {
    const child = found.children.get(String(part));
    // `uses: payments` is checked as a list of one: it has no [0] to be shown.
    if (child === undefined && typeof part === 'number') return { file, ...tree.place(found.at), path: path.slice(0, depth), message };
    if (child === undefined) return { file, ...tree.place(found.keyAt), path, message };
    found = child;
  }
  return { file, ...tree.place(onKey ? found.keyAt : inside(text, found, offset)), path, message };
}

/** Where a character of a plain or quoted text on one line stands; else where the value begins. */
function inside(text: string, { at, value }: Located, offset: number): number {
  if (typeof value !== 'string' || offset === 0) return at;
  const begins = text.startsWith(value, at) ? at : text.startsWith(value, at + 1) ? at + 1 : null;
  return begins === null ? at : begins + Math.min(offset, value.length);
}
