import type { Git } from '../../../src/io/git.js';
import { changedBetween } from './changed.js';
import type { Crossing, PreflightCheck } from './check.js';

const NAMED = 5;

/** Commits and files between the two. */
export const files: PreflightCheck = {
  about: 'files',
  async look(crossing, { git }) {
    const changed = await changedBetween(crossing, git);
    if (typeof changed === 'string') return { light: 'amber', says: `which files differ is not known: ${changed}` };
    return { light: 'green', says: `${await commits(crossing, git)}${sayFiles(changed)}` };
  },
};

async function commits({ from, to, repo }: Crossing, git: Git): Promise<string> {
  if (!repo || !from.commit || !to.commit) return '';
  const between = await git.between(repo, to.commit, from.commit).catch(() => null);
  if (between === null) return '';
  const least = between.shallow ? 'at least ' : '';
  const behind = between.behind === 0 ? '' : `, ${least}${count(between.behind, 'commit')} of the target not in what runs`;
  return `${least}${count(between.ahead, 'commit')} back${behind}; `;
}

function sayFiles({ paths, total }: { readonly paths: readonly string[]; readonly total: number }): string {
  if (total === 0) return 'no file differs';
  const more = total > NAMED ? ` and ${total - NAMED} more` : '';
  return `${total === 1 ? 'one file differs' : `${total} files differ`}: ${paths.slice(0, NAMED).join(', ')}${more}`;
}

function count(n: number, what: string): string {
  return n === 1 ? `one ${what}` : `${n} ${what}s`;
}
