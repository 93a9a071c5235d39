import type { Io } from '../../src/io/io.js';
import { makeTag } from '../../src/io/git-tag.js';
import { STABLE_TAG_SUBJECT, stableTagPrefix } from './past.js';

const TAG_MS = 15_000;
const MOST_TAGS = 1_000;

export interface StableTag {
  readonly app: string;
  readonly repo: string;
  readonly commit: string;
  /** When it was found stable, and why. */
  readonly at: number;
  readonly why: string;
}

/**
 * An annotated tag at a stable release, in the app's own repository, as a copy of the verdict for people and for the day
 * the store is lost. Looks before it acts, so that a crash in its middle makes no second one; the name of the tag, or
 * null where the commit has one of ours already.
 */
export async function tagStable({ app, repo, commit, at, why }: StableTag, io: Pick<Io, 'git' | 'exec'>): Promise<string | null> {
  const ours = (await io.git.tags(repo, MOST_TAGS)).filter(({ name, subject }) => name.startsWith(stableTagPrefix(app)) && subject?.startsWith(STABLE_TAG_SUBJECT));
  if (ours.some((tag) => tag.commit === commit)) return null;
  const name = `${stableTagPrefix(app)}${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  await makeTag(io.exec, { repo, name, commit, message: `${STABLE_TAG_SUBJECT}${why.replace(/\s+/g, ' ')}`, timeoutMs: TAG_MS });
  return name;
}
