import { errorText } from '../../../src/domain/errors.js';
import type { Git } from '../../../src/io/git.js';
import type { Crossing } from './check.js';

const MAX_PATHS = 20_000;

/** Files that differ between the two; or why that cannot be told. */
export async function changedBetween({ from, to, repo }: Pick<Crossing, 'from' | 'to' | 'repo'>, git: Git): Promise<Awaited<ReturnType<Git['changed']>> | string> {
  if (!repo) return 'no repository is configured';
  if (!from.commit || !to.commit) return 'no commit is known of one of them';
  return git.changed(repo, to.commit, from.commit, MAX_PATHS).catch(errorText);
}
