import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../run.js';

/** Two releases that run, and one that dies at its boot. */
export const RELEASES = ['one', 'two', 'broken'] as const;
export type ReleaseName = (typeof RELEASES)[number];
export type Commits = Readonly<Record<ReleaseName, string>>;

/** So many files differ between two releases that a checkout can be met in its middle. */
const FILES = 250;
const LINES = 120;
const GIT_WITHIN_MS = 30_000;

/**
 * Says in `runs` every release that it is made of: its code, each of its files, its package. One word is a whole release,
 * two are a mixture, and a file that is not whole says so.
 */
const SERVER = `
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const parts = join(__dirname, 'parts');
const wordOf = (text) => {
  const word = text.split('\\n')[0];
  return text === (word + '\\n').repeat(${LINES}) ? word : 'cut short';
};
const runs = [...new Set([require('./version.cjs'), require('part'), ...readdirSync(parts).map((file) => wordOf(readFileSync(join(parts, file), 'utf8')))])];
if (runs.includes('broken')) process.exit(1);
const server = require('node:http').createServer((request, response) => response.end(JSON.stringify({ pid: process.pid, runs })));
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'));
process.on('SIGINT', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
`;

export const ENTRY = 'server.cjs';

/** A file that nobody committed: it has to be there afterwards, and in the restore point of a tree. */
export const NOTES = 'notes.txt';

/** A repository with a commit for each release, tagged, so that a ledger knows them before they run. */
export async function writeHistory(dir: string): Promise<Commits> {
  const git = (...args: readonly string[]) => run('git', ['-C', dir, ...args], { env: GIT_ENV, timeoutMs: GIT_WITHIN_MS });
  await mkdir(join(dir, 'parts'), { recursive: true });
  await git('init', '--quiet', '--initial-branch=main');
  const commits: Partial<Record<ReleaseName, string>> = {};
  for (const [n, name] of RELEASES.entries()) {
    await writeRelease(dir, name, n);
    await git('add', '--all');
    await git('commit', '--quiet', `--message=${name}`);
    await git('tag', `release-${name}`);
    commits[name] = (await git('rev-parse', 'HEAD')).trim();
  }
  return commits as Commits;
}

async function writeRelease(dir: string, name: ReleaseName, n: number): Promise<void> {
  const packed = await packPart(dir, name, n);
  const dependencies = { part: `file:${packed.file}` };
  const about = { name: 'asked', version: '1.0.0', dependencies };
  const lock = { name: 'asked', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': about, 'node_modules/part': { version: `1.0.${n}`, resolved: dependencies.part, integrity: packed.integrity } } };
  const files: Readonly<Record<string, string>> = {
    [ENTRY]: SERVER, '.gitignore': 'node_modules\n', 'version.cjs': `module.exports = '${name}';\n`,
    'package.json': `${JSON.stringify(about, null, 2)}\n`, 'package-lock.json': `${JSON.stringify(lock, null, 2)}\n`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
  for (let file = 0; file < FILES; file += 1) await writeFile(join(dir, 'parts', `${file}.txt`), `${name}\n`.repeat(LINES));
}

/** A package in a tarball beside the code: npm needs no registry for it. */
async function packPart(dir: string, name: ReleaseName, n: number): Promise<{ readonly file: string; readonly integrity: string }> {
  const file = `vendor/part-${name}.tgz`;
  const source = `${dir}.part`;
  await rm(join(dir, 'vendor'), { recursive: true, force: true });
  await mkdir(join(dir, 'vendor'));
  await mkdir(join(source, 'package'), { recursive: true });
  await writeFile(join(source, 'package', 'package.json'), JSON.stringify({ name: 'part', version: `1.0.${n}`, main: 'index.js' }));
  await writeFile(join(source, 'package', 'index.js'), `module.exports = '${name}';\n`);
  await run('tar', ['-czf', join(dir, file), '-C', source, 'package'], { timeoutMs: GIT_WITHIN_MS });
  await rm(source, { recursive: true });
  return { file, integrity: `sha512-${createHash('sha512').update(await readFile(join(dir, file))).digest('base64')}` };
}

const WHO = { GIT_AUTHOR_NAME: 'Sample', GIT_AUTHOR_EMAIL: 'sample@example.invalid', GIT_COMMITTER_NAME: 'Sample', GIT_COMMITTER_EMAIL: 'sample@example.invalid' };
export const GIT_ENV: Readonly<Record<string, string>> = { ...WHO, HOME: '/', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
