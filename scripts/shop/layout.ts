import { mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.js';

/** Where an installation of the sample shop keeps its things; all below `dir`. */
export interface ShopPlaces {
  readonly dir: string;
  /** Bare repository with every release. */
  readonly repo: string;
  readonly releases: string;
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
const DIR_NAME_DIGITS = 12;

export function shopPlaces(dir: string): ShopPlaces {
  return {
    dir,
    repo: join(dir, 'repo.git'),
    releases: join(dir, 'releases'),
    current: join(dir, 'current'),
    data: join(dir, 'data'),
    logs: join(dir, 'logs'),
    ecosystem: join(dir, 'shop.config.json'),
    card: join(dir, 'shop.json'),
  };
}

/** releases/<first 12 digits of the commit>, written beside and renamed, so that it is whole or missing. Idempotent. */
export async function buildRelease(places: ShopPlaces, commit: string): Promise<string> {
  const name = commit.slice(0, DIR_NAME_DIGITS);
  const dir = join(places.releases, name);
  if (existsSync(dir)) return dir;
  const beside = join(places.releases, `.tmp-${name}`);
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  const tar = join(beside, '.tree.tar');
  const options = { env: { LC_ALL: 'C' }, timeoutMs: EXPORT_WITHIN_MS };
  await run('git', ['-C', places.repo, 'archive', '--format=tar', '-o', tar, commit], options);
  await run('tar', ['-xf', tar, '-C', beside], options);
  await rm(tar);
  await writeFile(join(beside, 'REVISION'), `${commit}\n`);
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
