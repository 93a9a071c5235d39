import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';
import type { Exec, ExecResult } from '../../src/io/exec.js';
import type { Git } from '../../src/io/git.js';
import { sha256 } from '../../src/io/hash.js';
import { maskForeign } from '../../src/io/mask.js';
import { lastWords } from './last-words.js';
import { LOCKFILES, lockHashOf, revisionOf } from './identify.js';
import { releasesDir } from './layout.js';

/** none: the app needs none · copy: from a release with the equal lockfile · install: by npm, from the lockfile. */
export type ModulesPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'copy'; readonly from: string }
  | { readonly kind: 'install' };

/** The arguments of npm wherever we install: exactly the lockfile, nothing for development, no talk with the registry beyond it. */
const NPM_CI: readonly string[] = ['ci', '--omit=dev', '--no-audit', '--no-fund'];

const MAX_LOCKFILE_BYTES = 32 * 1024 * 1024;
const MAX_MANIFEST_BYTES = 1024 * 1024;
/** Scripts of the app itself that make something in node_modules out of the app's own code. */
const OWN_INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

/** The lockfile at a commit: its name and text; null where the commit has none. */
export async function lockfileAt(git: Git, repo: string, commit: string): Promise<{ readonly name: string; readonly text: string } | null> {
  const found = await git.readFirst(repo, commit, LOCKFILES, MAX_LOCKFILE_BYTES);
  return found && { name: found.path, text: found.text };
}

/** How the node_modules of a commit come about. `first`: the directory to copy from if it will do, since what runs there runs. */
export async function planModules(git: Git, job: { readonly base: string; readonly repo: string; readonly commit: string; readonly first: string | null }): Promise<ModulesPlan | { readonly refused: string }> {
  const lockfile = await lockfileAt(git, job.repo, job.commit);
  if (lockfile === null) return needsWithoutLock(await manifestAt(git, job));
  const isNpm = lockfile.name.endsWith('.json');
  if (isNpm && !hasProductionPackages(lockfile.text)) return { kind: 'none' };
  const from = ownScripts(await manifestAt(git, job)) ? null : await donor(job, sha256(lockfile.text));
  if (from !== null) return { kind: 'copy', from };
  if (!isNpm) return { refused: `its packages are installed by ${lockfile.name}, and hypercare installs with npm only` };
  return { kind: 'install' };
}

function needsWithoutLock(manifest: Readonly<Record<string, unknown>>): ModulesPlan | { readonly refused: string } {
  const dependencies = manifest['dependencies'];
  const needs = typeof dependencies === 'object' && dependencies !== null && Object.keys(dependencies).length > 0;
  return needs ? { refused: 'it has dependencies but no lockfile, so the same packages cannot be installed again' } : { kind: 'none' };
}

async function manifestAt(git: Git, { repo, commit }: { readonly repo: string; readonly commit: string }): Promise<Readonly<Record<string, unknown>>> {
  return asRecord(parse((await git.read(repo, commit, 'package.json', MAX_MANIFEST_BYTES)) ?? '{}'));
}

function ownScripts(manifest: Readonly<Record<string, unknown>>): boolean {
  const scripts = asRecord(manifest['scripts']);
  return OWN_INSTALL_SCRIPTS.some((name) => name in scripts);
}

/** A lockfile that cannot be read is taken to need packages: npm then says what is wrong with it. */
function hasProductionPackages(lockfile: string): boolean {
  const lock = parse(lockfile);
  if (lock === null) return true;
  const { packages, dependencies } = asRecord(lock);
  const entries = packages ? Object.entries(asRecord(packages)).filter(([path]) => path !== '') : Object.entries(asRecord(dependencies));
  return entries.some(([, entry]) => asRecord(entry)['dev'] !== true);
}

/** A whole release with the equal lockfile, and nothing in its node_modules that was made from its own code. */
async function donor(job: { readonly base: string; readonly first: string | null }, lockHash: string): Promise<string | null> {
  const names = (await readdir(releasesDir(job.base)).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
  const dirs = [...(job.first ? [job.first] : []), ...names.map((name) => join(releasesDir(job.base), name))];
  for (const dir of dirs) {
    if ((await lockHashOf(dir)) !== lockHash || !(await there(join(dir, 'node_modules')))) continue;
    // Prisma's client is generated into node_modules from the schema beside it: another release's would be the wrong one.
    if (await there(join(dir, 'node_modules', '.prisma'))) continue;
    if (dir === job.first || (await revisionOf(dir)) !== null) return dir;
  }
  return null;
}

interface ModulesJob {
  readonly dir: string;
  /** What people know it as, where `dir` has a name for a moment only. */
  readonly known?: string;
  readonly plan: ModulesPlan;
  readonly timeoutMs: number;
}

/** Makes node_modules in `dir` as planned. Throws with what npm or cp gave as the reason. */
export async function makeModules(exec: Exec, job: ModulesJob, signal: AbortSignal): Promise<void> {
  const { dir, plan, timeoutMs } = job;
  if (plan.kind === 'none') return;
  if (plan.kind === 'install') return requireDone('npm ci', await exec.run('npm', NPM_CI, { cwd: dir, timeoutMs }, signal), job);
  // Copied, not linked: a package that writes into its own directory would change the other release too. Where the file
  // system can share blocks until one is written, the copy costs nothing.
  const args = ['--archive', '--reflink=auto', join(plan.from, 'node_modules'), join(dir, 'node_modules')];
  requireDone('cp', await exec.run('cp', args, { timeoutMs }, signal), job);
}

function requireDone(what: string, result: ExecResult, { dir, known = dir, timeoutMs }: ModulesJob): void {
  if (result.code === 0 && !result.timedOut) return;
  const said = lastWords(maskForeign(result.stderr.trim() || result.stdout.trim()));
  const why = result.timedOut ? `did not end within ${Math.round(timeoutMs / 1000)} s` : `ended with code ${result.code ?? result.signal}: ${said}`;
  throw new HypercareError('release.modules', result.timedOut ? 'transient' : 'permanent', `${what} in ${known} ${why}`, known === dir ? 'Run it there by hand to see all of its output.' : 'Run it in a clone of that commit to see all of its output.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

async function there(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
