import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, planBuild, type BuildPlan } from '../../../monitoring/release/build.js';
import { systemClock } from '../../../src/io/clock.js';
import { createExec } from '../../../src/io/exec.js';
import { createGit } from '../../../src/io/git.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';
import { addPackage } from '../../doubles/npm-app.js';
import { until } from '../../doubles/pm2-home.js';

const io = { clock: systemClock, exec: createExec(), git: createGit() };
const calm = new AbortController().signal;
let compiled: Compiled;
beforeAll(async () => { compiled = await compile('monitoring/release/build.ts', 'src/io/git.ts', 'src/io/exec.ts', 'src/io/clock.ts'); });
afterAll(() => compiled.remove());

let box: Sandbox;
let repo: Repo;
let base: string;
beforeEach(() => {
  box = gitSandbox();
  repo = box.repo('repo');
  base = join(box.dir, 'srv');
  mkdirSync(join(base, 'releases'), { recursive: true });
});
afterEach(() => box.remove());

async function plan(commit: string): Promise<BuildPlan> {
  const made = await planBuild({ base, repo: repo.dir, commit, like: null, entries: ['server.js'] }, io);
  if ('refused' in made) throw new Error(made.refused);
  return made;
}

/** A child that builds, says so first, and is to be killed. */
function builder(made: BuildPlan): ChildProcess {
  return compiled.start(`
    import { buildRelease } from './monitoring/release/build.js';
    import { systemClock } from './src/io/clock.js';
    import { createExec } from './src/io/exec.js';
    import { createGit } from './src/io/git.js';
    console.log('on it');
    await buildRelease(${JSON.stringify(made)}, 60_000, { clock: systemClock, exec: createExec(), git: createGit() }, new AbortController().signal);
  `);
}

const releases = (): string[] => readdirSync(join(base, 'releases')).sort();
const greeting = (dir: string): unknown => createRequire(join(dir, 'x.js'))('greet');

describe('a build that is killed', () => {
  it('with -9 while npm installs, leaves the live release alone, and the same build goes through afterwards', async () => {
    const said = join(box.dir, 'installing');
    const live = join(base, 'releases/live');
    mkdirSync(live);
    writeFileSync(join(live, 'server.js'), 'live');
    symlinkSync('releases/live', join(base, 'current'));
    const commit = repo.commit({ 'server.js': 'x', ...addPackage(repo, { version: '1.0.0', said }) });
    const made = await plan(commit);
    const child = builder(made);
    await until('npm to install', () => existsSync(said));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const installer = Number(readFileSync(said, 'utf8'));
    expect(existsSync(made.dir)).toBe(false);
    expect(readlinkSync(join(base, 'current'))).toBe('releases/live');
    const orphaned = releases().filter((name) => name.startsWith('.tmp-'));
    expect(orphaned).toHaveLength(1);

    // npm of the killed build still works there; the next build does not wait for it and does not mind it.
    expect(existsSync(`/proc/${installer}`)).toBe(true);
    rmSync(said);
    const again = buildRelease(made, 60_000, io, calm);
    await until('npm to install again', () => existsSync(said));
    rmSync(said);
    await again;
    expect(greeting(made.dir)).toBe('greet 1.0.0');
    await until('the orphan to end', () => !existsSync(`/proc/${installer}`));

    // What the killed build left goes with the next build after its npm ended.
    const next = await plan(repo.commit({ 'server.js': 'y', 'package.json': '{}', 'package-lock.json': '{}' }));
    await until('the leftover to be swept', async () => {
      rmSync(next.dir, { recursive: true, force: true });
      await buildRelease(next, 20_000, io, calm);
      return releases().every((name) => !name.startsWith('.tmp-'));
    });
    expect(readlinkSync(join(base, 'current'))).toBe('releases/live');
    expect(readFileSync(join(live, 'server.js'), 'utf8')).toBe('live');
  });

  it('with -9 while files are written, leaves no release, and the same build goes through afterwards', async () => {
    const files = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`d${n % 50}/f${n}`, `${n}\n`.repeat(50)]));
    const made = await plan(repo.commit({ 'server.js': 'x', ...files }));
    for (const afterMs of [0, 40, 120]) {
      const child = builder(made);
      if (child.stdout) await once(child.stdout, 'data');
      setTimeout(() => child.kill('SIGKILL'), afterMs);
      await once(child, 'exit');
      // Either nothing, or (the kill came late) all of it.
      if (existsSync(made.dir)) rmSync(made.dir, { recursive: true });
    }
    await buildRelease(made, 60_000, io, calm);
    // Fifty directories, what PM2 starts, its commit, and the mark that hypercare built it.
    expect(readdirSync(made.dir)).toHaveLength(54);
    expect(readFileSync(join(made.dir, 'd49/f2999'), 'utf8')).toBe('2999\n'.repeat(50));
  });
});
