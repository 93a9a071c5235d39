import { join, relative, sep } from 'node:path';

/**
 * Where releases stand: `<base>/releases/<12 digits of the commit>`, and `<base>/current`, a symlink to one of them.
 * Names that begin with a dot are ours, half built, and no releases.
 */
const TEMPORARY = '.tmp-';

/** Holds the full commit, on one line; written last, so a directory that has it is whole. */
export const REVISION_FILE = 'REVISION';

/** Lies in each release that hypercare built, and says when: those alone may it remove. */
export const BUILT_FILE = '.hypercare-release';

/** Beside it: every file as it was built, with its SHA-256. */
export const MANIFEST_FILE = '.hypercare-files';

export function releasesDir(base: string): string {
  return join(base, 'releases');
}

export function releaseDir(base: string, commit: string): string {
  return join(releasesDir(base), commit.slice(0, 12));
}

export function currentLink(base: string): string {
  return join(base, 'current');
}

/** `pid` says who builds there, `unique` keeps two builds of one process apart. */
export function temporaryDir(base: string, commit: string, owner: { readonly pid: number; readonly unique: string }): string {
  return join(releasesDir(base), `${TEMPORARY}${commit.slice(0, 12)}-${owner.pid}-${owner.unique}`);
}

/** Whose half-done directory this is, by its name; null where it is none of ours. */
export function ownerOf(name: string): number | null {
  const [, pid] = /^\.tmp-.+?-(\d+)-[0-9a-f]+(?:\.part-[0-9a-f]+)?$/.exec(name) ?? [];
  return pid === undefined ? null : Number(pid);
}

/** The release directory that `path` lies in; null where it lies in none. A worker may work in a directory below it. */
export function releaseOf(base: string, path: string): string | null {
  return releaseIn(releasesDir(base), path);
}

/** The same for a directory of releases that is known by its real path. */
export function releaseIn(releases: string, path: string): string | null {
  const [name] = relative(releases, path).split(sep);
  return !name || name.startsWith('.') ? null : join(releases, name);
}

/** What of `path` comes after `<base>/current`: '' for the link itself; null where the path does not go through the link. */
export function throughCurrent(base: string, path: string): string | null {
  const below = relative(currentLink(base), path);
  return below === '..' || below.startsWith(`..${sep}`) ? null : below;
}
