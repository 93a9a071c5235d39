import type { Json } from '../../src/domain/json.js';
import { releaseName } from '../../src/domain/release.js';
import type { Collector } from './collector.js';

const MOST_PATHS = 50;

/** Which files the running release changed, against the one that ran before it: the first suspect. */
export const changes: Collector<Json> = {
  kind: 'changes',
  of: 'app',
  async collect({ running, previous, repo }, io) {
    if (!running || !previous) throw new Error('no release before the running one is known');
    if (!running.commit || !previous.commit) throw new Error('no commit is known of one of the two releases');
    if (repo === null) throw new Error('the config names no repository');
    const { paths, total } = await io.git.changed(repo, previous.commit, running.commit, MOST_PATHS);
    return { from: releaseName(previous), to: releaseName(running), paths, total };
  },
};
