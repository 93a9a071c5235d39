import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { releaseTag, tagArgs } from '../../../monitoring/repairs/release-tag.js';
import type { RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { Prepared } from '../../../src/domain/plan.js';
import type { Release } from '../../../src/domain/release.js';
import { systemClock } from '../../../src/io/clock.js';
import { createExec } from '../../../src/io/exec.js';
import { createGit } from '../../../src/io/git.js';
import type { Io } from '../../../src/io/io.js';
import { repairContract, type RepairWorld } from '../../contracts/repair.js';
import { gitSandbox, type Repo } from '../../doubles/git-repo.js';
import { released, targetOf } from '../../doubles/released-app.js';
import { walk } from '../../doubles/walk.js';

const SINCE = Date.UTC(2026, 10, 22, 15, 30, 12);
const BEGAN = SINCE - 72 * 3_600_000;
const NAME = 'stable/shop/20261122T153012Z';
const ARGS = tagArgs.parse({});

interface World {
  readonly repo: Repo;
  readonly commits: readonly [old: string, stable: string, running: string];
  readonly target: RepairTarget;
  readonly io: Io;
  remove(): void;
}

/** The second of three commits held its watch; git knows no user.name there. */
async function world(): Promise<World> {
  const box = gitSandbox();
  const repo = box.repo('shop');
  const commits = [repo.commit({ 'app.cjs': '1' }), repo.commit({ 'app.cjs': '2' }), repo.commit({ 'app.cjs': '3' })] as const;
  repo.git('config', '--unset', 'user.name');
  repo.git('config', '--unset', 'user.email');
  const stable = await released(commits[1], repo.dir, { verdict: 'stable', verdictAt: SINCE, verdictReason: 'passed its watch: 288 readings, no open incident' });
  const lives = new Map([[stable.id, { stretches: [{ from: BEGAN, until: SINCE + 1_000 }], incidents: 0, sickMs: 0 }]]);
  const ledger = [await released(commits[2], repo.dir), stable, await released(commits[0], repo.dir, { verdict: 'superseded' })];
  const io = { clock: systemClock, exec: createExec(), git: createGit() } as unknown as Io;
  return { repo, commits, io, target: targetOf({ mode: 'in-place', dir: repo.dir, repo: null }, ledger, { past: { lives, answeredAfter: [] } }), remove: () => box.remove() };
}

async function opened(): Promise<World> {
  const one = await world();
  onTestFinished(() => one.remove());
  return one;
}

async function prepared({ target, io }: World, args = ARGS, over: Partial<RepairTarget> = {}): Promise<Prepared> {
  const plan = await releaseTag.prepare({ ...target, ...over }, args, io, new AbortController().signal);
  if ('refused' in plan) throw new Error(plan.refused);
  return plan;
}

const write = async (one: World): Promise<void> => {
  const plan = await prepared(one);
  expect((await walk(releaseTag.steps(one.target, ARGS, plan), plan, one.io)).failure).toBe(null);
};

describe('release.tag', () => {
  it('writes an annotated tag that says what was watched from when to when and who called it stable, in hypercare’s name', async () => {
    const one = await opened();
    await write(one);
    const { repo, commits } = one;
    expect(repo.git('cat-file', '-t', NAME)).toBe('tag');
    expect(repo.git('rev-parse', `${NAME}^{commit}`)).toBe(commits[1]);
    expect(repo.git('for-each-ref', '--format=%(taggername) %(taggeremail) %(taggerdate:unix)%0a%(contents)', 'refs/tags')).toBe([
      `hypercare <hypercare@localhost> ${SINCE / 1_000}`,
      `shop: release ${commits[1].slice(0, 7)} is stable`,
      '',
      `commit: ${commits[1]}`,
      'watched: from 2026-11-19T15:30:12.000Z to 2026-11-22T15:30:12.000Z',
      'stable since: 2026-11-22T15:30:12.000Z',
      'said by: hypercare: passed its watch: 288 readings, no open incident',
    ].join('\n'));
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(repo.git('fsck', '--strict')).toBe('');
  });

  it('names the person who vouched for it, on one line and without what looks like a secret', async () => {
    const one = await opened();
    const stable = { ...(one.target.ledger[1] as Release), verdictReason: 'marked by Ann: ran\nwell with postgres://shop:hunter2@db/shop' };
    await write({ ...one, target: { ...one.target, ledger: [stable] } });
    const said = one.repo.git('for-each-ref', '--format=%(contents)', 'refs/tags');
    expect(said).toContain('said by: Ann: ran well with postgres://shop:[redacted]@db/shop');
    expect(said).not.toContain('hunter2');
  });

  it('runs no hook and pushes nothing', async () => {
    const one = await opened();
    const proof = join(one.repo.dir, '.git', 'it-ran');
    mkdirSync(join(one.repo.dir, '.git/hooks'), { recursive: true });
    for (const hook of ['reference-transaction', 'pre-push', 'post-update']) {
      const file = join(one.repo.dir, '.git/hooks', hook);
      writeFileSync(file, `#!/bin/sh\ntouch ${proof}\n`);
      chmodSync(file, 0o755);
    }
    await write(one);
    expect(existsSync(proof)).toBe(false);
  });

  it('moves no tag that somebody makes between the plan and the act, nor takes it away', async () => {
    const one = await opened();
    const plan = await prepared(one);
    const theirs = one.repo.git('rev-parse', one.commits[0]);
    one.repo.git('tag', NAME, theirs);
    const [step] = releaseTag.steps(one.target, ARGS, plan);
    expect(await step?.state(plan.witness, {}, one.io)).toBe('unknown');
    await expect(step?.act(plan.witness, {}, one.io, new AbortController().signal)).rejects.toThrow();
    await expect(step?.undo?.(null, one.io, new AbortController().signal)).rejects.toThrow();
    expect(one.repo.git('rev-parse', NAME)).toBe(theirs);
  });

  it('writes nothing where the commit is gone by then', async () => {
    const one = await opened();
    const plan = await prepared(one);
    one.repo.git('reset', '--quiet', '--hard', one.commits[0]);
    one.repo.git('reflog', 'expire', '--expire=now', '--all');
    one.repo.git('gc', '--quiet', '--prune=now');
    const [step] = releaseTag.steps(one.target, ARGS, plan);
    await expect(step?.act(plan.witness, {}, one.io, new AbortController().signal)).rejects.toThrow();
    expect(one.repo.git('tag', '--list')).toBe('');
  });

  it('tags the release that is named, and one that is tagged already not again', async () => {
    const one = await opened();
    const [, stable] = one.commits;
    expect((await prepared(one, tagArgs.parse({ release: stable.slice(0, 9) }))).does[0]?.does).toContain(`git tag -a ${NAME} ${stable} in ${one.repo.dir}`);
    await write(one);
    await expect(prepared(one)).rejects.toThrow(`${stable.slice(0, 7)} is tagged already, as ${NAME}`);
  });

  it('makes a part of the tag’s name of any name an app may have', async () => {
    const one = await opened();
    expect((await prepared(one, ARGS, { name: 'über shop..v2.lock' })).does[0]?.does).toMatch(/^git tag -a stable\/[\w-]+\/20261122T153012Z /);
  });
});

async function openWorld(): Promise<RepairWorld<typeof ARGS>> {
  const one = await world();
  const refs = async (): Promise<string> => one.repo.git('for-each-ref', '--format=%(refname) %(objectname)');
  return {
    target: one.target, args: ARGS, io: one.io,
    other: () => ({ io: one.io, cut: async () => undefined }),
    look: async () => ({ refs: await refs(), tree: one.repo.git('status', '--porcelain'), objects: one.repo.git('count-objects') }),
    essence: refs,
    freeze: null,
    thaw: async () => undefined,
    close: async () => one.remove(),
  };
}

repairContract({
  repair: releaseTag,
  open: openWorld,
  refused: {
    'an app of which the config says no place': async ({ target }) => ({ target: { ...target, release: null } }),
    'releases without a repository': async ({ target }) => ({ target: { ...target, release: { mode: 'releases', dir: '/srv/shop', repo: null } } }),
    'where nothing stable is known': async ({ target }) => ({ target: { ...target, ledger: target.ledger.slice(0, 1) } }),
    'what is not stable': async ({ target }) => ({ args: tagArgs.parse({ release: target.ledger[0]?.commit ?? '' }) }),
    'what is in no ledger': async () => ({ args: tagArgs.parse({ release: 'fffffffff' }) }),
    'a commit that is not there': async ({ target }) => ({ target: { ...target, ledger: target.ledger.map((one) => ({ ...one, commit: 'f'.repeat(40) })) } }),
    'a stable release in quarantine': async ({ target }) => ({ target: { ...target, ledger: target.ledger.map((one) => ({ ...one, quarantinedAt: 5 })) } }),
    'a place that is no repository': async ({ target }) => ({ target: { ...target, release: { mode: 'in-place', dir: '/tmp', repo: null } } }),
  },
});
