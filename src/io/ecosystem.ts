import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as nodePath from 'node:path';
import { runInNewContext } from 'node:vm';

const NAMES = ['ecosystem.config.cjs', 'ecosystem.config.js', 'ecosystem.json'];
const MOST_BYTES = 262_144;
const RUN_MS = 100;

/** What a file declares of one app: by key, every value it may have, as `env` and each `env_<name>` give it. */
export interface DeclaredEnv {
  readonly file: string;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/**
 * The environment that the ecosystem file in `dir` declares for an app of this name; null where there is no file, it does
 * not name the app, or it cannot be told. The file is run as it is, with `running` as its environment, so that what it
 * takes from there is no difference; with node:path for all modules and no I/O, so that one that needs more is not told.
 */
export async function declaredEnv(dir: string, name: string, running: Readonly<Record<string, string>>): Promise<DeclaredEnv | null> {
  for (const file of NAMES) {
    const path = join(dir, file);
    const size = (await stat(path).catch(() => null))?.size ?? Number.POSITIVE_INFINITY;
    if (size > MOST_BYTES) continue;
    const declared = await readFile(path, 'utf8').then((text) => run(text, { dir, path, running })).catch(() => null);
    const app = appsOf(declared).find((one) => one['name'] === name);
    if (app !== undefined) return { file, values: valuesOf(app) };
  }
  return null;
}

function run(text: string, { dir, path, running }: { readonly dir: string; readonly path: string; readonly running: Readonly<Record<string, string>> }): unknown {
  if (path.endsWith('.json')) return JSON.parse(text) as unknown;
  const module = { exports: {} };
  const require = (wanted: string): unknown => {
    if (wanted === 'path' || wanted === 'node:path') return nodePath;
    throw new Error(`no ${wanted} here`);
  };
  const process = { env: { ...running }, cwd: () => dir, platform: 'linux', argv: [] };
  runInNewContext(text, { module, exports: module.exports, require, process, __dirname: dir, __filename: path }, { filename: path, timeout: RUN_MS });
  return module.exports;
}

function appsOf(declared: unknown): readonly Readonly<Record<string, unknown>>[] {
  const { apps = declared } = (declared ?? {}) as { readonly apps?: unknown };
  return [apps].flat().filter((one): one is Readonly<Record<string, unknown>> => one !== null && typeof one === 'object');
}

/** PM2 counts up what stands under `increment_var`, one for each instance. */
function valuesOf(app: Readonly<Record<string, unknown>>): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  const kinds = Object.keys(app).filter((key) => key === 'env' || key.startsWith('env_'));
  for (const [key, value] of kinds.flatMap((kind) => Object.entries((app[kind] ?? {}) as object) as [string, unknown][])) {
    if (key === app['increment_var'] || !['string', 'number', 'boolean'].includes(typeof value)) continue;
    values.set(key, [...(values.get(key) ?? []), String(value)]);
  }
  return values;
}
