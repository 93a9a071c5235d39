import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stableTags } from '../../../monitoring/stages/stable-tags.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { syncResources } from '../../../src/store/resources.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { release } from '../../src/commands/stage.js';

const stage = stageOfEachTest();

/** What is tagged where the shop's config says so of its releases. */
async function tagged(config: object | null, { dryRun = false } = {}): Promise<{ readonly made: readonly string[]; readonly audit: readonly string[]; readonly again: () => Promise<readonly string[]> }> {
  await stage.store.write((tx) => syncResources(tx, stage.hostId, [{ kind: 'app', name: 'shop', config: { processes: ['shop'], release: config } as never }, { kind: 'app', name: 'blog', config: { processes: ['blog'], release: null } }], stage.now));
  const made: string[] = [];
  const running: Promise<void>[] = [];
  const effects = { start: (_key: string, run: (signal: AbortSignal) => Promise<void>) => void running.push(run(new AbortController().signal)) };
  const ctx = { store: stage.store, hostId: stage.hostId, clock: { now: () => stage.now }, log: { info: () => undefined, warn: () => undefined }, effects, settings: { policy: { dryRun } }, freezeFile: join(stage.dir, 'freeze') } as unknown as StageContext;
  const tags = stableTags(async ({ app, repo, commit }) => {
    made.push(`${app} ${repo} ${commit.slice(0, 7)}`);
    return `stable/${app}/x`;
  });
  const again = async (): Promise<readonly string[]> => {
    await tags.run(ctx);
    await Promise.all(running);
    return made;
  };
  await again();
  return { made: [...made], audit: (await stage.store.db.selectFrom('audits').select('what').execute()).map(({ what }) => what), again };
}

const IN_PLACE = { mode: 'in-place', dir: '/srv/shop', repo: null, configFiles: [] };

describe('tags of stable releases', () => {
  it('are made once where the config allows it, and stand in the audit', async () => {
    await release(stage, '6ab0c14', true);
    await release(stage, '0076708');
    const { made, audit, again } = await tagged({ ...IN_PLACE, tag: true });
    expect(made).toEqual(['shop /srv/shop 6ab0c14']);
    expect(audit).toEqual(['shop 6ab0c14 was tagged stable/shop/x in /srv/shop']);
    expect(await again()).toHaveLength(1);
  });

  it('are made where releases are built from, and nowhere without a repository', async () => {
    await release(stage, '6ab0c14', true);
    expect((await tagged({ mode: 'releases', dir: '/srv/shop', repo: '/srv/repo.git', configFiles: [], tag: true })).made).toEqual(['shop /srv/repo.git 6ab0c14']);
    expect((await tagged({ mode: 'releases', dir: '/srv/shop', repo: null, configFiles: [], tag: true })).made).toEqual([]);
  });

  it('are not made unless it is written, nor in a dry run', async () => {
    await release(stage, '6ab0c14', true);
    expect((await tagged(IN_PLACE)).made).toEqual([]);
    expect((await tagged({ ...IN_PLACE, tag: true }, { dryRun: true })).made).toEqual([]);
  });

  it('wait for a freeze to end', async () => {
    await release(stage, '6ab0c14', true);
    await writeFile(join(stage.dir, 'freeze'), 'stop\n');
    expect((await tagged({ ...IN_PLACE, tag: true })).made).toEqual([]);
  });
});
