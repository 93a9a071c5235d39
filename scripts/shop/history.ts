import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from '../run.js';

/** One version of the sample shop: the files of `on`, with those of releases/<number>/ laid over them. */
interface ShopRelease {
  readonly number: number;
  readonly on: number | null;
  readonly message: string;
  /** What it does to the customers. */
  readonly verdict: 'good' | 'bad';
}

export const SHOP_RELEASES: readonly ShopRelease[] = [
  { number: 1, on: null, verdict: 'good', message: 'Open the shop' },
  { number: 2, on: 1, verdict: 'good', message: 'Charge delivery below twenty euros' },
  { number: 3, on: 2, verdict: 'bad', message: 'Take vouchers at the checkout' },
  { number: 4, on: 2, verdict: 'bad', message: 'Keep prices over a restart; leave vouchers out for now' },
];

/** Author, dates and files are fixed, so every installation has the same commits. */
const AUTHOR = 'Sample Shop <shop@example.invalid>';
const FIRST_DAY_S = 1_767_268_800;
const DAY_S = 86_400;
const GIT_WITHIN_MS = 30_000;

/**
 * Writes the shop's whole history into the bare repository `repo` (made if missing): one commit a release on `main`,
 * tagged v1 to v4. Done again it changes nothing.
 */
export async function writeHistory(repo: string, sources: string): Promise<void> {
  const options = { env: gitEnv(), timeoutMs: GIT_WITHIN_MS };
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', repo], options);
  await run('git', ['-C', repo, 'fast-import', '--quiet', '--force'], { ...options, stdin: fastImport(sources) });
}

/** The full commit of release `number`. Throws when the repository does not hold it. */
export async function commitOf(repo: string, number: number): Promise<string> {
  const ref = `refs/tags/v${number}^{commit}`;
  return (await run('git', ['-C', repo, 'rev-parse', '--verify', '--end-of-options', ref], { env: gitEnv(), timeoutMs: GIT_WITHIN_MS })).trim();
}

/** All files of one release, path → text. */
export function filesOf(number: number, sources: string): ReadonlyMap<string, string> {
  const release = SHOP_RELEASES.find((one) => one.number === number);
  const files = new Map(release?.on ? filesOf(release.on, sources) : []);
  const own = join(sources, String(number));
  for (const entry of readdirSync(own, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(own, path), readFileSync(path, 'utf8'));
  }
  return files;
}

/** The input of `git fast-import`, which needs no work tree: each commit says its whole tree. */
function fastImport(sources: string): string {
  const commits = SHOP_RELEASES.map((release, index) => {
    const files = [...filesOf(release.number, sources)].sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      'commit refs/heads/main',
      `mark :${release.number}`,
      `committer ${AUTHOR} ${FIRST_DAY_S + index * DAY_S} +0000`,
      data(release.message),
      ...(index > 0 ? [`from :${index}`] : []),
      'deleteall',
      ...files.map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
      `reset refs/tags/v${release.number}`,
      `from :${release.number}`,
      '',
    ].join('\n');
  });
  return `${commits.join('\n')}\ndone\n`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

function gitEnv(): Record<string, string> {
  return { HOME: '/', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
}
