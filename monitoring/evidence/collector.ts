import type { Sample } from '../../src/domain/check.js';
import type { Json } from '../../src/domain/json.js';
import type { Release } from '../../src/domain/release.js';
import type { ResourceKind } from '../../src/domain/resource.js';
import type { Io } from '../../src/io/io.js';

/** What is about to be touched, and what the store knows of it. */
export interface Subject {
  readonly name: string;
  /** PM2 process names that make up the app. */
  readonly processes: readonly string[];
  /** Absolute: where its releases stand; null where the config does not say. */
  readonly dir: string | null;
  /** Absolute path of the repository in which its commits are; null where there is none. */
  readonly repo: string | null;
  readonly running: Release | null;
  /** The release that was launched before the running one. */
  readonly previous: Release | null;
  /** How a server is reached, user and password in it: it may stand in nothing that is collected or thrown. Null: not by an address. */
  readonly url: string | null;
  /** The last samples of each check, oldest first. */
  readonly readings: readonly { readonly check: string; readonly fields: readonly string[]; readonly samples: readonly Sample[] }[];
}

/**
 * One thing that is written down before a repair touches anything, because the repair destroys it. It only reads, returns
 * little (a few KB), and may be slow or fail: what is not there in time is kept as missing, with the reason thrown.
 */
export interface Collector<T extends Json> {
  readonly kind: string;
  /** What kind of resource it can say something of; absent: any. */
  readonly of?: ResourceKind;
  collect(subject: Subject, io: Io, signal: AbortSignal): Promise<T>;
}
