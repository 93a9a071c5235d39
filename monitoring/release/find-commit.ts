import { HypercareError } from '../../src/domain/errors.js';
import type { Git } from '../../src/io/git.js';
import { FETCHED } from '../../src/io/git-fetch.js';

/** A remote that takes longer than this is told as one that does not answer: somebody waits at a terminal. */
const FETCH_MS = 20_000;
const WORD_SHOWN = 60;

type Found = { readonly commit: string } | { readonly refused: string };

/**
 * The commit a person means by `ref`: a branch, a tag, or a hash of seven digits or more. Where the repository has an
 * `origin` its branches and tags count as they are there now, because those of a bare clone stand still; an old branch is
 * never taken for the new one, so a remote that cannot be reached is a refusal, but not for a commit that is here.
 */
export async function findCommit({ repo, ref }: { readonly repo: string; readonly ref: string }, git: Git): Promise<Found> {
  const hash = /^[0-9a-f]{7,64}$/.test(ref);
  if (/^[0-9a-f]{40,64}$/.test(ref) && (await git.resolve(repo, ref)) !== null) return { commit: ref };
  const remote = await git.fetch(repo, FETCH_MS).catch((thrown: unknown) => trouble(thrown));
  if (typeof remote === 'object' && !hash) throw remote;
  const named = await namedBy(repo, ref, remote === true ? FETCHED : 'refs', git);
  if ('refused' in named) return named;
  const commits = new Set([named.commit, hash ? await git.resolve(repo, ref) : null].filter((commit) => commit !== null));
  const [commit, other] = [...commits];
  if (other !== undefined) return { refused: `“${shown(ref)}” names a branch or tag, and is the beginning of another commit; give the whole hash` };
  if (commit !== undefined) return { commit };
  if (typeof remote === 'object') throw remote;
  return { refused: `${repo} knows no branch, tag or commit “${shown(ref)}”${remote ? ', and its remote has none either' : ' (it has no remote called origin to fetch from)'}` };
}

/** The branch and the tag of that name; the same name for two commits is for people to sort out. */
async function namedBy(repo: string, ref: string, below: string, git: Git): Promise<{ readonly commit: string | null } | { readonly refused: string }> {
  const name = ref.replace(/^(?:refs\/)?(heads|tags)\//, '$1/').replace(/^(?:refs\/remotes\/)?origin\//, 'heads/');
  const kinds = /^(heads|tags)\//.test(name) ? [''] : ['tags/', 'heads/'];
  const commits = await Promise.all(kinds.map((kind) => git.resolve(repo, `${below}/${kind}${name}`)));
  const [tag, branch] = [commits[0] ?? null, commits[1] ?? null];
  if (tag !== null && branch !== null && tag !== branch) return { refused: `“${shown(ref)}” is a tag (${tag.slice(0, 7)}) and a branch (${branch.slice(0, 7)}); say tags/${shown(ref)} or heads/${shown(ref)}` };
  return { commit: tag ?? branch };
}

function trouble(thrown: unknown): HypercareError {
  if (thrown instanceof HypercareError && thrown.code === 'git.remote') return thrown;
  throw thrown;
}

function shown(ref: string): string {
  return ref.length > WORD_SHOWN ? `${ref.slice(0, WORD_SHOWN)}…` : ref;
}
