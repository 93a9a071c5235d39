import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { sayBytes } from '../../src/domain/bytes.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { isOwnProcess } from '../../src/domain/own-processes.js';
import { fileSystemOf } from '../../src/io/file-system.js';
import { holdDir, inodeOf, type HeldDir } from '../../src/io/held-dir.js';
import type { Io } from '../../src/io/io.js';
import { hostOptionsOf } from './host-options.js';
import { judgedByHost } from './host-plan.js';
import { asRefusal } from './process-plan.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

const MOST_FILES = 10;
const TIMEOUT_MS = 60_000;
/** More of a log's end than this is not kept, whatever the config says: it is held in memory. */
const MOST_KEPT = 16 * 1_048_576;

const args = z.strictObject({});
const witness = z.object({ logs: z.array(z.object({ path: z.string(), inode: z.string() })), overBytes: z.number(), keepBytes: z.number() });

type Wanted = z.output<typeof witness>['logs'][number] & { readonly overBytes: number; readonly keepBytes: number };

/** Empties logs that PM2 writes and nobody rotates. PM2 appends, so it writes on from the beginning; what was there is lost but for its end. */
export const hostTruncateLogs: Repair<z.output<typeof args>> = {
  kind: 'host.truncate-logs',
  target: 'host',
  summary: 'empty the logs that PM2 writes for the apps where they are larger than host: truncate: says, and keep their end',
  refuses: 'logs of apps it was not given, symlinks, and what is no ordinary file',
  args,
  risk: 'destructive',
  prepare,
  steps(_target, _args, prepared) {
    const { logs, ...limits } = witness.parse(prepared.witness);
    return logs.map((log, n) => emptyStep({ ...log, ...limits }, prepared.does[n]?.name ?? log.path));
  },
};

async function prepare(target: RepairTarget, _args: unknown, io: Io): Promise<Prepared | Refusal> {
  const { truncate, processes } = hostOptionsOf(target.options);
  if (truncate === null) return { refused: 'no log may be emptied: write host: truncate: in hypercare.yaml, for example { over: 500MB, keep: 1MB }' };
  const listed = await io.pm2.list().catch(asRefusal);
  if ('refused' in listed) return listed;
  const ours = listed.filter(({ name }) => processes.includes(name) || isOwnProcess(name));
  const paths = [...new Set(ours.flatMap(({ outLog, errLog }) => [outLog, errLog]))].filter((path) => path !== null).sort();
  const logs = await Promise.all(paths.map(look));
  const large = logs.filter((log) => log !== null && log.bytes > truncate.overBytes).slice(0, MOST_FILES) as readonly Log[];
  if (large.length === 0) return { refused: `no log of the apps is larger than ${sayBytes(truncate.overBytes)}` };
  return {
    does: large.map(({ path }) => ({ name: `empty ${path}`, does: `keep the last ${sayBytes(keptOf(truncate.keepBytes))} of ${path} as ${basename(path)}.kept, where there is room, and empty it`, timeoutMs: TIMEOUT_MS })),
    touches: [target.id],
    bounds: { files: large.length },
    verify: judgedByHost(target),
    wayBack: null,
    witness: { logs: large.map(({ path, inode }) => ({ path, inode })), ...truncate },
    artefacts: [],
    notes: large.map(({ path, bytes }) => `${path}: ${sayBytes(bytes)}`),
  };
}

interface Log {
  readonly path: string;
  readonly inode: string;
  readonly bytes: number;
}

/** Null for what is not there, is a symlink or no ordinary file, or stands behind a symlink. */
async function look(path: string): Promise<Log | null> {
  return within(path, async (dir, name) => {
    const stat = await lstat(dir.at(name), { bigint: true });
    return stat.isFile() ? { path, inode: inodeOf(stat), bytes: Number(stat.size) } : null;
  }).catch(() => null);
}

async function within<T>(path: string, work: (dir: HeldDir, name: string) => Promise<T>): Promise<T> {
  const dir = await holdDir(dirname(path));
  return work(dir, basename(path)).finally(() => dir.close());
}

function emptyStep(log: Wanted, name: string): Step {
  return {
    name,
    timeoutMs: TIMEOUT_MS,
    state: () => positionOf(log),
    act: () => empty(log),
  };
}

/** A log that was rotated meanwhile is another file, and this one is no longer written. */
async function positionOf({ path, inode, overBytes }: Wanted): Promise<StepPosition> {
  const now = await look(path);
  return now !== null && now.inode === inode && now.bytes > overBytes ? 'before' : 'after';
}

async function empty({ path, inode, keepBytes }: Wanted): Promise<Json> {
  return within(path, async (dir, name) => {
    const file = await open(dir.at(name), constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat({ bigint: true });
      if (!stat.isFile() || inodeOf(stat) !== inode) throw new HypercareError('files.changed', 'transient', `${path} is another file by now`, 'Ask again.');
      const kept = await truncate(file, stat, { dir, name, most: keptOf(keepBytes) });
      return { said: `emptied ${path} of ${sayBytes(Number(stat.size))}${kept ? `, and kept its end as ${name}.kept` : '; there was no room to keep its end'}`, bytes: Number(stat.size), kept };
    } finally {
      await file.close();
    }
  });
}

/** True when its end was kept. On a full disk that is possible only once it is empty. */
async function truncate(file: FileHandle, { size, mode }: BigIntStats, { dir, name, most }: { readonly dir: HeldDir; readonly name: string; readonly most: number }): Promise<boolean> {
  const length = Math.min(most, Number(size));
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Number(size) - length);
  const end = buffer.subarray(0, bytesRead);
  const keep = (): Promise<boolean> => keepEnd(dir, name, end, Number(mode) & 0o777).then(() => true, () => false);
  const room = (await fileSystemOf(dir.place))?.freeBytes ?? 0;
  const before = room > 2 * length && (await keep());
  await file.truncate(0);
  return before || keep();
}

/** Whole, or not at all; what was kept the last time makes way for it. */
async function keepEnd(dir: HeldDir, name: string, end: Buffer, mode: number): Promise<void> {
  const half = dir.at(`.${name}.kept.hypercare`);
  await writeFile(half, end, { mode, flush: true, flag: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW });
  await rename(half, dir.at(`${name}.kept`));
}

function keptOf(keepBytes: number): number {
  return Math.min(MOST_KEPT, keepBytes);
}
