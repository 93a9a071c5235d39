/** Directories that repairs of the host may touch, as the contract of repairs needs them. */
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Json } from '../../src/domain/json.js';
import type { ResourceId } from '../../src/domain/ids.js';
import { systemClock, type Clock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import type { RepairTarget } from '../../monitoring/repairs/repair.js';
import type { RepairWorld } from '../contracts/repair.js';

export const DAY_MS = 24 * 3_600_000;

/** When a file was put where it stands nobody can set, so what is old needs a later time: a year from now. */
const clock: Clock = { ...systemClock, now: () => systemClock.now() + 365 * DAY_MS };

export interface HostWorld extends RepairWorld<Record<string, never>> {
  /** A directory of its own, with PM2's home and hypercare's data in it. */
  readonly dir: string;
  /** Writes a file, so many days old by the world's clock, a year at most, with its directories. */
  old(path: string, content: string | Buffer, days?: number): Promise<string>;
  /** What lies below `dir`, by path. */
  files(): Promise<Readonly<Record<string, string>>>;
}

export async function hostWorld(options: (dir: string) => Readonly<Record<string, Json>>, listed: (dir: string) => readonly Pm2Process[] = () => [], place: string = tmpdir()): Promise<HostWorld> {
  const dir = await mkdtemp(join(place, 'hc-host-'));
  const pm2Home = join(dir, 'pm2');
  const dataDir = join(dir, 'data');
  for (const one of [join(pm2Home, 'logs'), dataDir]) await mkdir(one, { recursive: true });
  const io = { clock, pm2: { home: pm2Home, list: async () => listed(dir) } } as unknown as Io;
  const files = () => filesIn(dir);
  return {
    dir,
    target: hostTarget({ own: [dataDir, pm2Home], releases: [], ...options(dir) }),
    args: {},
    io,
    other: () => ({ io, cut: async () => undefined }),
    look: files,
    essence: files,
    freeze: null,
    thaw: async () => undefined,
    close: () => rm(dir, { recursive: true, force: true }),
    files,
    async old(path, content, days = 30) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      const then = new Date(clock.now() - days * DAY_MS);
      await utimes(file, then, then);
      return file;
    },
  };
}

export function hostTarget(options: RepairTarget['options']): RepairTarget {
  return { id: 'host-1' as ResourceId, kind: 'host', name: 'host', url: null, options, users: [], uses: [], processes: [], release: null, running: null, ledger: [], checks: ['host'], settleMs: 1_000 };
}

async function filesIn(dir: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(dir)).sort()) {
    const stat = await lstat(join(dir, name));
    if (stat.isSymbolicLink()) found[name] = `→ ${await readlink(join(dir, name))}`;
    else if (stat.isDirectory()) for (const [below, content] of Object.entries(await filesIn(join(dir, name)))) found[`${name}/${below}`] = content;
    else found[name] = stat.size > 200 ? `${stat.size} bytes` : await readFile(join(dir, name), 'utf8');
  }
  return found;
}
