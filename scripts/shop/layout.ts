import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentLink, releaseDir, releasesDir, REVISION_FILE, temporaryDir } from '../../monitoring/release/layout.js';
import { createExec } from '../../src/io/exec.js';
import { exportCommit } from '../../src/io/git-export.js';

/** Where an installation of the sample shop keeps its things; all below `dir`, and releases where a rollback looks for them. */
export interface ShopPlaces {
  readonly dir: string;
  /** Bare repository with every release. */
  readonly repo: string;
  /** Symlink to the release that is live. */
  readonly current: string;
  /** The shop's SHOP_DATA: its price list, and the switches of its faults. */
  readonly data: string;
  readonly logs: string;
  /** PM2's process file. */
  readonly ecosystem: string;
  /** What this installation is: name, port, PM2 home. */
  readonly card: string;
}

const EXPORT_WITHIN_MS = 30_000;

export function shopPlaces(dir: string): ShopPlaces {
  return {
    dir,
    repo: join(dir, 'repo.git'),
    current: currentLink(dir),
    data: join(dir, 'data'),
    logs: join(dir, 'logs'),
    ecosystem: join(dir, 'shop.config.json'),
    card: join(dir, 'shop.json'),
  };
}

/** releases/<first 12 digits of the commit>, written beside and renamed, so that it is whole or missing. Idempotent. */
export async function buildRelease(places: ShopPlaces, commit: string): Promise<string> {
  const dir = releaseDir(places.dir, commit);
  if (existsSync(dir)) return dir;
  const beside = temporaryDir(places.dir, commit, { pid: process.pid, unique: randomBytes(6).toString('hex') });
  await mkdir(releasesDir(places.dir), { recursive: true });
  await exportCommit(createExec(), { repo: places.repo, commit, dir: beside, timeoutMs: EXPORT_WITHIN_MS });
  await writeFile(join(beside, REVISION_FILE), `${commit}\n`);
  await rename(beside, dir);
  return dir;
}

/** Points `current` at a release directory by one rename. */
export async function switchTo(places: ShopPlaces, releaseDir: string): Promise<void> {
  const beside = join(places.dir, '.current-next');
  await rm(beside, { force: true });
  await symlink(releaseDir, beside);
  await rename(beside, places.current);
}

/** Where `current` points; null before the first switch. */
export async function liveDir(places: ShopPlaces): Promise<string | null> {
  return readlink(places.current).catch(() => null);
}
