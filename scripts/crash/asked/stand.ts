import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { currentLink, releasesDir } from '../../../monitoring/release/layout.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { processesIn, workingDirectory } from '../../../src/io/processes.js';
import { run } from '../../run.js';
import { GIT_ENV, NOTES, RELEASES, type ReleaseName } from './app-history.js';
import { APP, dirOf, WORKERS, type Ground } from './ground.js';

/** So many questions are asked until each worker has answered one. */
const MOST_ASKED = 80;
const ASK_MS = 3_000;
const GIT_MS = 15_000;

/** How an app stands, seen from outside alone. */
export interface Stand {
  /** The one release that everything is of; null: a mixture, or nothing at all. */
  readonly release: ReleaseName | null;
  readonly wrong: readonly string[];
}

/** What each worker answers, where it works, and what lies on the disk: all of it has to be of one release, and nothing left beside it. */
export async function standOf(ground: Ground): Promise<Stand> {
  const workers = (await ground.pm2.list()).filter(({ name }) => name === APP);
  const answered = await answersOf(ground, workers);
  const words = [...new Set([...answered.values()].flat())];
  const release = RELEASES.find((name) => words.length === 1 && words[0] === name) ?? null;
  return {
    release,
    wrong: [
      ...alive(workers, answered),
      ...(release === null ? [`the app answers as ${words.join(' and ') || 'nothing'}`] : await (ground.mode === 'releases' ? releasesOf(ground, release, workers) : treeOf(ground, release))),
      ...(await leftovers(ground)),
    ],
  };
}

/** By pid. The cluster hands connections to its workers in turn, so that each is met sooner or later. */
async function answersOf({ url }: Ground, workers: readonly Pm2Process[]): Promise<ReadonlyMap<number, readonly string[]>> {
  const answers = new Map<number, readonly string[]>();
  for (let asked = 0; asked < MOST_ASKED && !workers.every(({ pid }) => answers.has(pid)); asked += 1) {
    const answer = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(ASK_MS) }).then((response) => response.json(), () => null);
    if (answer === null) await systemClock.sleep(50);
    else answers.set((answer as { readonly pid: number }).pid, (answer as { readonly runs: readonly string[] }).runs);
  }
  return answers;
}

function alive(workers: readonly Pm2Process[], answered: ReadonlyMap<number, readonly string[]>): readonly string[] {
  return [
    ...(workers.length === WORKERS ? [] : [`PM2 lists ${workers.length} workers instead of ${WORKERS}`]),
    ...workers.filter(({ status }) => status !== 'online').map(({ pmId, status }) => `worker ${pmId} is ${status}`),
    ...workers.filter(({ pid }) => !answered.has(pid)).map(({ pmId, pid }) => `worker ${pmId} (pid ${pid}) never answered`),
    ...[...answered.keys()].filter((pid) => !workers.some((worker) => worker.pid === pid)).map((pid) => `pid ${pid} answers, and PM2 does not know it`),
  ];
}

async function releasesOf(ground: Ground, release: ReleaseName, workers: readonly Pm2Process[]): Promise<readonly string[]> {
  const dir = dirOf(ground, release);
  const link = await realpath(currentLink(ground.base)).catch(() => 'nowhere');
  const places = await Promise.all(workers.map(async ({ pmId, pid }) => ({ pmId, cwd: await workingDirectory(pid) })));
  return [
    ...(link === dir ? [] : [`${release} answers, and current leads to ${link}`]),
    ...places.filter(({ cwd }) => cwd !== dir).map(({ pmId, cwd }) => `worker ${pmId} works in ${cwd} and not in ${dir}`),
    ...(await filesOf(dir, release)),
  ];
}

async function treeOf(ground: Ground, release: ReleaseName): Promise<readonly string[]> {
  const git = (...args: readonly string[]) => run('git', ['-C', ground.base, ...args], { env: GIT_ENV, timeoutMs: GIT_MS });
  const head = (await git('rev-parse', 'HEAD')).trim();
  const changed = (await git('status', '--porcelain')).split('\n').filter((line) => line !== '' && line !== `?? ${NOTES}`);
  return [
    ...(head === ground.commits[release] ? [] : [`${release} answers, and HEAD is ${head}`]),
    ...changed.slice(0, 5).map((line) => `the tree is not as HEAD has it: ${line}`),
    ...(await filesOf(ground.base, release)),
    ...((await readFile(join(ground.base, NOTES), 'utf8').catch(() => '')) === 'nobody committed this\n' ? [] : [`${NOTES}, which git does not know, is not as it was`]),
  ];
}

async function filesOf(dir: string, release: ReleaseName): Promise<readonly string[]> {
  const wanted = `module.exports = '${release}';\n`;
  const files = ['version.cjs', 'node_modules/part/index.js'];
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(dir, file), 'utf8').catch(() => 'nothing') })));
  const parts = await readdir(join(dir, 'parts')).catch(() => []);
  const others: string[] = [];
  for (const part of parts) if (!(await readFile(join(dir, 'parts', part), 'utf8')).startsWith(`${release}\n`)) others.push(part);
  return [...texts.filter(({ text }) => text !== wanted).map(({ file, text }) => `${file} of ${release} says ${text.trim()}`), ...others.slice(0, 5).map((part) => `parts/${part} is of another release than ${release}`)];
}

/** Temporary names, locks, and whoever still works there though nobody waits for it. */
async function leftovers({ mode, base }: Ground): Promise<readonly string[]> {
  const places = mode === 'releases' ? [base, releasesDir(base), join(base, '.hypercare')] : [base, join(base, '.git'), join(base, '.git', 'hypercare'), join(base, 'node_modules')];
  const names = (await Promise.all(places.map(async (place) => (await readdir(place).catch(() => [])).map((name) => join(place, name))))).flat();
  const left = names.filter((path) => /\/\.current-next$|\/\.tmp-|\.part(-[0-9a-f]+)?$|\.lock$|\/installing$|\/\.part-[^/]+$/.test(path));
  const busy = (await processesIn(base)).filter(({ name, args }) => ['git', 'npm', 'tar', 'cp'].includes(name) || args.some((arg) => /npm-cli\.js$/.test(arg)));
  return [...left.map((path) => `${path} is left`), ...busy.map(({ pid, name }) => `${name} (pid ${pid}) still works in ${base}`)];
}

/** Where current leads, or what HEAD is: what the next run goes from. */
export async function liveRelease(ground: Ground): Promise<ReleaseName | null> {
  const at = ground.mode === 'releases' ? await readlink(currentLink(ground.base)) : (await run('git', ['-C', ground.base, 'rev-parse', 'HEAD'], { env: GIT_ENV, timeoutMs: GIT_MS })).trim();
  return RELEASES.find((name) => at === (ground.mode === 'releases' ? dirOf(ground, name) : ground.commits[name])) ?? null;
}
