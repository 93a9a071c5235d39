import { askGit } from './git-ask.js';

/** A tag of a commit. `at`: when it was made (milliseconds). */
export interface GitTag {
  readonly name: string;
  readonly commit: string;
  readonly at: number;
}

const FIELDS = '%(refname:short)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:unix)';

/** The newest tags that lead to commits, newest first. */
export async function tagsOf(repo: string, limit: number): Promise<readonly GitTag[]> {
  const lines = (await askGit(repo, ['for-each-ref', '--sort=-creatordate', `--count=${limit}`, `--format=${FIELDS}`, 'refs/tags'])).split('\n').filter((line) => line !== '');
  return lines.flatMap((line): readonly GitTag[] => {
    const [name = '', type, id = '', innerType, innerId = '', seconds] = line.split('\0');
    const at = Number(seconds) * 1_000;
    if (type === 'commit') return [{ name, commit: id, at }];
    return type === 'tag' && innerType === 'commit' ? [{ name, commit: innerId, at }] : [];
  });
}
