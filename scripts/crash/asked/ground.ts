import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HypercareError } from '../../../src/domain/errors.js';
import { buildRelease, planBuild } from '../../../monitoring/release/build.js';
import { currentLink, releaseDir } from '../../../monitoring/release/layout.js';
import { systemClock } from '../../../src/io/clock.js';
import { createExec } from '../../../src/io/exec.js';
import { createGit } from '../../../src/io/git.js';
import { createLogger } from '../../../src/io/log.js';
import type { Pm2 } from '../../../src/io/pm2.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import { freePort } from '../../free-port.js';
import { pm2 as pm2Cli } from '../../pm2-cli.js';
import { run } from '../../run.js';
import { until } from '../../until.js';
import { ENTRY, GIT_ENV, NOTES, writeHistory, type Commits } from './app-history.js';

export const MODES = ['releases', 'in-place'] as const;
export type Mode = (typeof MODES)[number];

export const APP = 'asked';
export const WORKERS = 2;
const WORK_MS = 60_000;
/** Whoever only looks on waits for a PM2 on a busy machine. */
const PATIENT_MS = 40_000;
const UP_WITHIN = { withinMs: 30_000, everyMs: 100 };

/** One app of two workers, in a PM2 of its own, whose releases one and two can both run. A run takes it from one to the other. */
export interface Ground {
  readonly mode: Mode;
  /** Holds `releases/` and `current`, or is the working tree; a real path. */
  readonly base: string;
  readonly repo: string;
  readonly commits: Commits;
  readonly pm2: Pm2;
  readonly pm2Home: string;
  readonly url: string;
  end(): Promise<void>;
}

export async function makeGround(mode: Mode, dir: string): Promise<Ground> {
  const [repo, pm2Home, base] = [join(dir, 'repo'), join(dir, 'pm2'), join(dir, 'app')];
  for (const one of [repo, pm2Home, base]) await mkdir(one, { recursive: true, mode: 0o700 });
  const commits = await writeHistory(repo);
  const real = await realpath(base);
  await (mode === 'releases' ? layReleases(real, repo, commits) : layTree(real, repo, commits));
  const port = await freePort();
  const pm2 = createPm2({ home: pm2Home, clock: systemClock, timeoutMs: PATIENT_MS, log: createLogger({ format: 'text', level: 'silent' }) });
  const end = async (): Promise<void> => {
    await pm2.close();
    await pm2Cli(pm2Home, ['kill']).catch(() => undefined);
  };
  const ground: Ground = { mode, base: real, repo, commits, pm2, pm2Home, end, url: `http://127.0.0.1:${port}/` };
  try {
    await open(ground, port);
    return ground;
  } catch (error) {
    await end();
    throw error;
  }
}

async function layReleases(base: string, repo: string, commits: Commits): Promise<void> {
  const exec = createExec();
  for (const commit of Object.values(commits)) {
    const io = { exec, git: createGit(exec), clock: systemClock };
    const plan = await planBuild({ base, repo, commit, like: null, entries: [ENTRY] }, io);
    if ('refused' in plan) throw new HypercareError('crash.ground', 'permanent', plan.refused);
    await buildRelease(plan, WORK_MS, io, AbortSignal.timeout(WORK_MS));
  }
  await symlink(releaseDir(base, commits.one), currentLink(base));
}

async function layTree(base: string, repo: string, { one }: Commits): Promise<void> {
  await run('git', ['clone', '--quiet', repo, base], { env: GIT_ENV, timeoutMs: WORK_MS });
  await run('git', ['-C', base, 'checkout', '--quiet', '--detach', one], { env: GIT_ENV, timeoutMs: WORK_MS });
  await run('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: base, timeoutMs: WORK_MS });
  await writeFile(join(base, NOTES), 'nobody committed this\n');
}

async function open({ mode, base, pm2Home, url }: Ground, port: number): Promise<void> {
  const cwd = mode === 'releases' ? currentLink(base) : base;
  const app = {
    name: APP, script: join(cwd, ENTRY), cwd, exec_mode: 'cluster', instances: WORKERS, wait_ready: true, listen_timeout: 1_500, kill_timeout: 1_600,
    min_uptime: 2_000, max_restarts: 6, merge_logs: true, env: { PORT: String(port) },
  };
  const file = join(pm2Home, 'app.config.json');
  await writeFile(file, JSON.stringify({ apps: [app] }));
  await pm2Cli(pm2Home, ['start', file]);
  await until('the app answers', () => fetch(url, { headers: { connection: 'close' } }).then(({ ok }) => ok, () => false), UP_WITHIN);
}

/** The directory in which a release of this ground stands once it is checked out or built. */
export function dirOf({ mode, base, commits }: Ground, name: keyof Commits): string {
  return mode === 'releases' ? releaseDir(base, commits[name]) : base;
}
