import { lstat, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { sayBytes } from '../../src/domain/bytes.js';
import { sayDuration } from '../../src/domain/duration.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { fileSystemOf } from '../../src/io/file-system.js';
import type { Io } from '../../src/io/io.js';
import { holdsTheSame, packFile } from '../../src/io/pack-file.js';
import { hostOptionsOf } from './host-options.js';
import { judgedByHost, sayCount } from './host-plan.js';
import { holdUsable, leftAlone } from './host-roots.js';
import { survey, type Around } from './host-survey.js';
import { isStill, walkFiles, type Found } from './host-walk.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

/** Files that one run packs below one root at most; the next run goes on. */
const MOST_FILES = 500;
const TIMEOUT_MS = 10 * 60_000;
/** So long before that it begins no further file. */
const SPARE_MS = 60_000;
/** What does not become smaller than this part of itself is packed already, whatever it is called. */
const WORTH_SHARE = 0.9;
/** Smaller ones take up one block either way. */
const LEAST_BYTES = 4_097;

/** 'app.log.1', 'app.log-20261122', 'app__2026-11-22_00-00-00.log', 'app-2026-11-22.log'; nothing that is packed. */
const ROTATED = /\.log[.-]\d[\w.:-]*$|[._-]\d{4}-?\d\d-?\d\d[\w.:-]*\.log$/;
const PACKED = /\.(?:gz|bz2|xz|zst|zip|tmp)$/;

const args = z.strictObject({});
const witness = z.object({ roots: z.array(z.object({ dir: z.string(), writtenBefore: z.number() })) });

type Root = z.output<typeof witness>['roots'][number];

/** Packs logs that were rotated away. Nothing is lost: each is read back and compared before its original goes. */
export const hostCompressLogs: Repair<z.output<typeof args>> = {
  kind: 'host.compress-logs',
  target: 'host',
  summary: 'pack the rotated logs in the directories that host: compress: lists',
  refuses: 'logs that are written to, too young or open in a process, symlinks, and a disk without room for the packed file',
  args,
  risk: 'safe',
  prepare,
  steps: (target, _args, prepared) => witness.parse(prepared.witness).roots.map((root, n) => packStep(root, prepared.does[n]?.name ?? root.dir, target)),
};

export function isRotated(name: string): boolean {
  return ROTATED.test(name) && !PACKED.test(name);
}

async function prepare(target: RepairTarget, _args: unknown, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const options = hostOptionsOf(target.options);
  if (options.compress.length === 0) return { refused: 'no directory is listed in which logs may be packed: write host: compress: in hypercare.yaml, for example { dir: ~/.pm2/logs, older_than: 1d }' };
  const except = await leftAlone(options, io, signal);
  const notes: string[] = [];
  const roots: (Root & { readonly files: number; readonly olderThanMs: number })[] = [];
  for (const { dir, olderThanMs } of options.compress) {
    const writtenBefore = io.clock.now() - olderThanMs;
    const { note, found } = await survey(dir, { match: isRotated, leastBytes: LEAST_BYTES, writtenBefore, except, most: MOST_FILES }, { options, io, signal });
    notes.push(note);
    if (found) roots.push({ dir, writtenBefore, olderThanMs, files: found.files });
  }
  if (roots.every(({ files }) => files === 0)) return { refused: `there is no rotated log to pack. ${notes.join('; ')}`.slice(0, 400) };
  return {
    does: roots.map(({ dir, olderThanMs }, n) => ({ name: `pack ${n + 1}: ${dir}`, does: `gzip rotated logs below ${dir} that were not written for ${sayDuration(olderThanMs)}`, timeoutMs: TIMEOUT_MS })),
    touches: [target.id],
    bounds: { files: MOST_FILES * roots.length },
    verify: judgedByHost(target),
    wayBack: 'gunzip gives each file back',
    witness: { roots: roots.map(({ dir, writtenBefore }) => ({ dir, writtenBefore })) },
    artefacts: [],
    notes,
  };
}

function packStep(root: Root, name: string, target: RepairTarget): Step {
  const options = hostOptionsOf(target.options);
  return {
    name,
    timeoutMs: TIMEOUT_MS,
    state: async (_witness, receipts, io) => (receipts[name] === undefined ? positionOf(root, { options, io, signal: AbortSignal.timeout(TIMEOUT_MS) }) : 'after'),
    act: (_witness, _receipts, io, signal) => pack(root, { options, io, signal }),
  };
}

async function positionOf(root: Root, around: Around): Promise<StepPosition> {
  let left = 0;
  try {
    await eachLog(root, around, async () => ((left += 1), false));
  } catch (error) {
    if (error instanceof HypercareError) return 'before'; // It vanished, or became something else: the act says so.
    throw error;
  }
  return left === 0 ? 'after' : 'before';
}

async function pack(root: Root, around: Around): Promise<Json> {
  const { io } = around;
  const endsAt = io.clock.monotonic() + TIMEOUT_MS - SPARE_MS;
  const done = { files: 0, bytes: 0, freedBytes: 0, skipped: 0 };
  await eachLog(root, around, async (log) => {
    const packed = await packOne(log, around.signal);
    if (packed === null) done.skipped += 1;
    else {
      done.files += 1;
      done.bytes += Number(log.stat.size);
      done.freedBytes += Math.max(0, log.bytes - packed);
    }
    return done.files + done.skipped < MOST_FILES && io.clock.monotonic() < endsAt;
  });
  if (done.files === 0 && done.skipped > 0) throw new HypercareError('files.not_packed', 'permanent', `none of ${sayCount(done.skipped, 'rotated log')} below ${root.dir} could be packed: there is no room beside them, or they do not become smaller`, 'Make room first: host.clean-disk, or remove old logs.');
  return { said: `packed ${sayCount(done.files, 'log')} of ${sayBytes(done.bytes)} below ${root.dir}, and ${sayBytes(done.freedBytes)} more is free${done.skipped === 0 ? '' : `; ${sayCount(done.skipped, 'more')} left as they are`}`, ...done };
}

/** The packed size; null: it stays as it is, for want of room, or because it is no smaller, or its name is taken. */
async function packOne(log: Found, signal: AbortSignal): Promise<number | null> {
  const { dir, name, stat } = log;
  const [from, to] = [dir.at(name), dir.at(`${name}.gz`)];
  const before = await lstat(to).catch(() => null);
  // Of a life before that was ended after it had packed it, and before it removed the original.
  if (before !== null) return before.isFile() && (await holdsTheSame(to, from, signal)) && (await remove(log)) ? before.size : null;
  const room = await fileSystemOf(dir.place);
  if (room === null || room.freeBytes < Number(stat.size)) return null;
  const size = await packFile({ from, half: dir.at(`.${name}.gz.hypercare`), to }, signal);
  if (size < Number(stat.size) * WORTH_SHARE && (await remove(log))) return size;
  await unlink(to);
  return null;
}

/** Only as it was when it was packed: who writes to it meanwhile keeps it. */
async function remove(log: Found): Promise<boolean> {
  if (!(await isStill(log))) return false;
  await unlink(log.dir.at(log.name));
  return true;
}

async function eachLog(root: Root, { options, io, signal }: Around, visit: (log: Found) => Promise<boolean>): Promise<void> {
  const except = await leftAlone(options, io, signal);
  const held = await holdUsable(root.dir, options, io);
  await walkFiles(held, { match: isRotated, leastBytes: LEAST_BYTES, writtenBefore: root.writtenBefore, except }, visit, signal).finally(() => held.close());
}
