import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packageRoot } from '../../../src/io/package-root.js';

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
/** What is served as it stands in the source, and what the build made of the rest. */
const PLACES = ['bot/dashboard/public', 'dist/dashboard'] as const;

/**
 * The dashboard's files by their names, read once: what is asked for is looked up among them and never on the disk, so
 * no path leads elsewhere. Without a build the pages are there all the same, and stand still.
 */
export function readAssets(root = packageRoot()): ReadonlyMap<string, Asset> {
  return new Map(PLACES.map((place) => join(root, place)).filter((dir) => existsSync(dir)).flatMap((dir) => readdirSync(dir).flatMap((name) => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    const bytes = new Uint8Array(readFileSync(join(dir, name)));
    return [[name, { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"` }] as const];
  })));
}
