/** A small app with a git history, laid out in releases or in place, under a real PM2: for tests of rollbacks. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseId, ResourceId } from '../../src/domain/ids.js';
import type { Release } from '../../src/domain/release.js';
import { systemClock } from '../../src/io/clock.js';
import { createExec } from '../../src/io/exec.js';
import { createGit } from '../../src/io/git.js';
import type { Io } from '../../src/io/io.js';
import { createLogger } from '../../src/io/log.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import type { Prepared } from '../../src/domain/plan.js';
import { lockHashOf } from '../../monitoring/release/identify.js';
import { releaseRollback, rollbackArgs, type RollbackArgs } from '../../monitoring/repairs/release-rollback.js';
import type { RepairTarget, Step } from '../../monitoring/repairs/repair.js';
import { gitSandbox, type Repo, type Sandbox } from './git-repo.js';
import type { StartedApp } from './pm2-home.js';

/** Answers with what version.js says, which is the whole difference between releases. */
export const VERSIONED_APP = `
const version = require('./version.js');
require('node:http').createServer((request, response) => response.end(version)).listen(Number(process.env.PORT), '127.0.0.1');
`;

export function version(name: string): Record<string, string> {
  return { 'app.cjs': VERSIONED_APP, 'version.js': `module.exports = '${name}';` };
}

/** Dies while it boots. */
export const BROKEN = { 'app.cjs': VERSIONED_APP, 'version.js': "throw new Error('broken at boot');" };

/** `<base>/releases/<12 digits>` with the commit's files, as any deploy tool might have left it. */
export async function lay(base: string, repo: Repo, commit: string): Promise<string> {
  const dir = join(base, 'releases', commit.slice(0, 12));
  mkdirSync(join(base, 'releases'), { recursive: true });
  await createGit().export(repo.dir, commit, dir, 20_000);
  return dir;
}

/** Points `current` at it, whatever it was before. */
export function link(base: string, dir: string): void {
  rmSync(join(base, 'current'), { force: true, recursive: true });
  symlinkSync(dir.replace(`${base}/`, ''), join(base, 'current'));
}

export async function released(commit: string, dir: string, fields: Partial<Release> = {}): Promise<Release> {
  return {
    id: `release-${commit.slice(0, 7)}` as ReleaseId, appId: 'app-1' as ResourceId, commit, dir, lockHash: await lockHashOf(dir), configHash: null,
    nodeVersion: '20.20.2', firstSeenAt: 0, verdict: 'unwatched', verdictAt: 0, verdictReason: null, quarantinedAt: null, ...fields,
  };
}

/** `ledger`: the running release first, then older ones. */
export function targetOf(release: RepairTarget['release'], ledger: readonly Release[], fields: Partial<RepairTarget> = {}): RepairTarget {
  return { id: 'app-1' as ResourceId, kind: 'app', name: 'shop', url: null, options: {}, users: [], uses: [], processes: ['shop'], release, running: ledger[0] ?? null, ledger, checks: ['liveness'], settleMs: 5_000, ...fields };
}

export function ioOf(home: string, timeoutMs = 5_000): Io {
  const pm2 = createPm2({ home, clock: systemClock, timeoutMs, log: createLogger({ format: 'json', level: 'silent' }) });
  return { clock: systemClock, pm2, exec: createExec(), git: createGit() } as unknown as Io;
}

/** The shop in releases: `current` leads to v2, which runs; v1 is stable; broken is a commit without a directory. */
export interface ReleasedShop {
  readonly box: Sandbox;
  readonly repo: Repo;
  readonly base: string;
  readonly current: string;
  readonly commits: { readonly v1: string; readonly v2: string; readonly broken: string };
  readonly dirs: { readonly v1: string; readonly v2: string };
  target(fields?: Partial<RepairTarget>): Promise<RepairTarget>;
}

export async function releasedShop(): Promise<ReleasedShop> {
  const box = gitSandbox();
  const repo = box.repo('repo');
  const base = join(box.dir, 'srv');
  const commits = { broken: repo.commit(BROKEN, 'Break at boot'), v1: repo.commit(version('v1'), 'Sell things'), v2: repo.commit(version('v2'), 'Sell more') };
  const dirs = { v1: await lay(base, repo, commits.v1), v2: await lay(base, repo, commits.v2) };
  link(base, dirs.v2);
  return {
    box, repo, base, commits, dirs,
    current: join(base, 'current'),
    async target(fields = {}) {
      const stable = await released(commits.v1, dirs.v1, { verdict: 'stable', verdictAt: 1_795_000_000_000, verdictReason: 'held 72 h' });
      return targetOf({ mode: 'releases', dir: base, repo: repo.dir }, [await released(commits.v2, dirs.v2), stable], fields);
    },
  };
}

/** What it answers; 'nothing' where nothing does. */
export function says(app: StartedApp): Promise<string> {
  return fetch(app.url, { headers: { connection: 'close' } }).then((answer) => answer.text(), () => 'nothing');
}

export const ROLLBACK: RollbackArgs = rollbackArgs.parse({ reason: 'checkout answers 500' });

export async function prepareRollback(target: RepairTarget, io: Io): Promise<{ readonly prepared: Prepared; readonly steps: readonly Step[] }> {
  const prepared = await releaseRollback.prepare(target, ROLLBACK, io, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  return { prepared, steps: releaseRollback.steps(target, ROLLBACK, prepared) };
}

/** The same a while later, as seen by `prepare`: workers that have served for long are worth a reload. */
export function later(io: Io, ms = 60_000): Io {
  return { ...io, clock: { ...io.clock, now: () => systemClock.now() + ms } };
}
