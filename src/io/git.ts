/** What we ask of git. Refs are checked before use; hooks never run; the environment is small and fixed. */
export interface Git {
  /** The commit a ref, tag or short hash names in that repository; null where it names none. Throws when it is no repository. */
  resolve(repo: string, ref: string): Promise<string | null>;
  /** HEAD of the tree in `dir`; null where `dir` is no git tree. */
  head(dir: string): Promise<string | null>;
  /** One line of the commit's message. */
  subject(repo: string, commit: string): Promise<string | null>;
  /** Paths changed between two commits, at most `limit`, and how many there are. */
  changed(repo: string, from: string, to: string, limit: number): Promise<{ readonly paths: readonly string[]; readonly total: number }>;
  /** Tracked files with local edits, and untracked files that `commit` holds too: what stands in the way of a checkout in place. */
  inTheWay(dir: string, commit: string): Promise<readonly string[]>;
  /** Writes the commit's files into a new directory (git archive; no .git, no hooks). Throws if `dir` exists. */
  export(repo: string, commit: string, dir: string, timeoutMs: number): Promise<void>;
  /** Moves the working tree in `dir` to a commit, detached, refusing local edits in the way. Handles a stale index.lock. */
  checkout(dir: string, commit: string, timeoutMs: number): Promise<void>;
  /** A diff of tracked edits against HEAD, bounded; '' when clean. */
  dirtyDiff(dir: string, maxBytes: number): Promise<string>;
  /** An annotated tag on a commit; equal tags are left. */
  tag(repo: string, name: string, commit: string, message: string): Promise<void>;
}
