import type { AppliedMigrations } from './applied-migrations.js';
import type { ReleaseId, ResourceId } from './ids.js';

/** unwatched: ran, but nobody watched it through · watching · stable: passed its watch · bad: rolled back · unproven · superseded. */
export type ReleaseVerdict = 'unwatched' | 'watching' | 'stable' | 'bad' | 'unproven' | 'superseded';

/** tag: of the repository · deploys: the history that `pm2 deploy` keeps. */
export type ReleaseOrigin = 'tag' | 'deploys';

/** A release from before the app was watched. */
export interface PastRelease {
  readonly commit: string;
  readonly dir: string;
  readonly lockHash: string | null;
  readonly origin: ReleaseOrigin;
  /** When (milliseconds); null: it is not written down. */
  readonly at: number | null;
  /** How it is known, for people. */
  readonly says: string;
}

/** One version of an app. Two sightings with equal commit, lockHash and configHash are the same release. */
export interface Release {
  readonly id: ReleaseId;
  readonly appId: ResourceId;
  /** 40 hex digits, or null where the app has no git history we can see. */
  readonly commit: string | null;
  /** Absolute path of the directory it runs from, symlinks resolved. */
  readonly dir: string;
  readonly lockHash: string | null;
  readonly configHash: string | null;
  readonly nodeVersion: string | null;
  /** Names of the environment variables it ran with last, never a value; absent or null: not written down. */
  readonly envKeys?: readonly string[] | null;
  /** Where it is known from, of one that was entered from the time before the app was watched; absent or null: it was seen running. */
  readonly origin?: ReleaseOrigin | null;
  /** What was applied to its databases while it ran, as it was last read; absent or null: it was never read. */
  readonly migrations?: AppliedMigrations | null;
  readonly firstSeenAt: number;
  readonly verdict: ReleaseVerdict;
  readonly verdictAt: number;
  readonly verdictReason: string | null;
  /** Set once it was rolled back: it is not gone to again without a person's reason. */
  readonly quarantinedAt: number | null;
}

/** What the release probe saw running. */
export interface ReleaseSighting {
  readonly commit: string | null;
  readonly dir: string;
  readonly lockHash: string | null;
  readonly configHash: string | null;
  readonly nodeVersion: string | null;
  readonly envKeys?: readonly string[] | null;
}

/** What the probe `release` measures. `between`: 1 while workers of two releases are there, 2 where that has lasted; else 0. */
export const RELEASE_FIELDS: readonly string[] = ['workers', 'started_at', 'between'];
export const STAYS_BETWEEN = 2;

/** Short name for people: the first seven digits of the commit, else the directory's name. */
export function releaseName(release: Pick<Release, 'commit' | 'dir'>): string {
  return release.commit?.slice(0, 7) ?? release.dir.split('/').filter(Boolean).at(-1) ?? 'unknown';
}

/** A person's verdict as it is kept; the words of `sayBad` follow from its beginning. */
export function rolledBackBy(name: string, reason: string): string {
  return `${BY_A_PERSON}${name}: ${reason}`;
}

/** What is said of a release that is bad: who went back from it by hand found out why himself. */
export function sayBad({ verdictReason: reason }: Pick<Release, 'verdictReason'>): string {
  return reason?.startsWith(BY_A_PERSON) ? `was ${reason}` : `was found bad (${reason ?? 'no reason was kept'})`;
}

const BY_A_PERSON = 'rolled back by ';

/** How the reason begins of what went live in a deploy and was gone back from at once. */
export const DEPLOY_FAILED = 'its deploy failed';

/** A short hash names a commit from seven digits on. */
const COMMIT = /^[0-9a-f]{7,64}$/;

/** The releases that a person means by `word`: an id of the ledger, or a commit or its beginning. */
export function releasesNamed(ledger: readonly Release[], word: string): readonly Release[] {
  return ledger.filter((release) => release.id === word || (COMMIT.test(word) && release.commit?.startsWith(word)));
}

/**
 * Where a rollback goes: the newest stable release other than the running one, never simply the one before, never one
 * marked bad or quarantined. Null where there is none.
 */
export function rollbackTarget(ledger: readonly Release[], runningId: ReleaseId): Release | null {
  const good = ledger.filter((r) => r.id !== runningId && r.verdict === 'stable' && r.quarantinedAt === null);
  return good.sort((a, b) => b.verdictAt - a.verdictAt)[0] ?? null;
}
