import type { PreflightItem } from '../../../src/domain/preflight.js';
import type { Release } from '../../../src/domain/release.js';
import type { ReleaseLife } from '../../../src/domain/release-life.js';
import type { Io } from '../../../src/io/io.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import type { PostgresServer } from '../../../src/io/postgres.js';

/** What of the app's past is told before a rollback; from the store. */
export interface AppPast {
  readonly lives: ReadonlyMap<Release['id'], ReleaseLife>;
  /** How long after each earlier restart of all its workers it answered again, newest first; with what was done. */
  readonly answeredAfter: readonly { readonly repair: string; readonly ms: number }[];
}

/** PostgreSQL servers that the app uses. The url is secret: it may stand in nothing that is found. */
export type UsedDatabase = PostgresServer & { readonly name: string };

/** From one release to another: all that is known before anything is done. */
export interface Crossing {
  readonly app: string;
  readonly from: Release;
  readonly to: Release;
  /** Where both commits are; null: in no repository that is known. */
  readonly repo: string | null;
  readonly mode: 'releases' | 'in-place';
  /** Absolute: the base, or the tree; real path. */
  readonly base: string;
  /** PM2's names of the workers that go along, and which of them are away while they start. */
  readonly processes: readonly string[];
  readonly away: readonly string[];
  readonly listed: readonly Pm2Process[];
  /** A release is built beside the live one, or packages are installed. */
  readonly builds: boolean;
  readonly installs: boolean;
  readonly databases: readonly UsedDatabase[];
  readonly past: AppPast | null;
}

/** One thing to look at before a rollback: one file, one line in `index.ts`. It reads only. */
export interface PreflightCheck {
  /** In a word, for people. */
  readonly about: string;
  look(crossing: Crossing, io: Io, signal: AbortSignal): Promise<Found>;
}

export type Found = Omit<PreflightItem, 'about'> & {
  /** Migrations between the two; of the check of migrations alone. Null: it cannot be told. */
  readonly migrations?: number | null;
};
