import { unlink } from 'node:fs/promises';
import { z } from 'zod';
import { sayBytes } from '../../src/domain/bytes.js';
import { sayDuration } from '../../src/domain/duration.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { fileSystemOf } from '../../src/io/file-system.js';
import { inodeOf } from '../../src/io/held-dir.js';
import type { Io } from '../../src/io/io.js';
import { openFiles } from '../../src/io/open-files.js';
import { hostOptionsOf, type HostOptions } from './host-options.js';
import { judgedByHost, sayCount, until } from './host-plan.js';
import { holdUsable, leftAlone } from './host-roots.js';
import { survey, type Around } from './host-survey.js';
import { isStill, named, walkFiles, type Found } from './host-walk.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

/** Files that one run removes below one root at most; the next run goes on. */
const MOST_FILES = 20_000;
const TIMEOUT_MS = 5 * 60_000;
/** So long before that it stops by itself, to say what it did. */
const SPARE_MS = 10_000;
/** What is open is looked at again after so many. */
const LOOK_AGAIN = 500;
/** Of what was promised so much must be free more than before. Less than this promises nothing: others write that much meanwhile. */
const KEPT_SHARE = 0.5;
const LEAST_PROMISE = 4 * 1_048_576;
/** A disk may give room back a moment late. */
const FREED_WITHIN_MS = 2_000;

const args = z.strictObject({});

const witness = z.object({
  roots: z.array(z.object({
    dir: z.string(), match: z.string(), writtenBefore: z.number(), files: z.number(), bytes: z.number(),
    /** Bytes that must be free once this root, and those before it, are clean; 0: whatever is. */
    wantFree: z.number(),
  })),
});

type Root = z.output<typeof witness>['roots'][number];

/**
 * Removes old files from the directories the operator lists. Which ones is decided by rule, age and what is open, at the
 * moment of the act too; afterwards the room must be there, or it has failed: something else fills the disk, or holds
 * what was removed.
 */
export const hostCleanDisk: Repair<z.output<typeof args>> = {
  kind: 'host.clean-disk',
  target: 'host',
  summary: 'remove old files from the directories that host: clean: lists',
  refuses: "anything not listed, too young or in use by a process, symlinks, the system's directories, apps' code, what hypercare and PM2 need",
  args,
  risk: 'disruptive',
  prepare,
  steps: (target, _args, prepared) => witness.parse(prepared.witness).roots.map((root, n) => cleanStep(root, prepared.does[n]?.name ?? root.dir, hostOptionsOf(target.options))),
};

async function prepare(target: RepairTarget, _args: unknown, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const options = hostOptionsOf(target.options);
  if (options.clean.length === 0) return { refused: 'no directory is listed in which files may be removed: write host: clean: in hypercare.yaml, for example { dir: /srv/shop/tmp, older_than: 7d, match: "*.tmp" }' };
  const except = await leftAlone(options, io, signal);
  const now = io.clock.now();
  const notes: string[] = [];
  const usable: Usable[] = [];
  for (const { dir, match, olderThanMs } of options.clean) {
    const writtenBefore = now - olderThanMs;
    const { note, found } = await survey(dir, { match: named(match), writtenBefore, except, most: MOST_FILES }, { options, io, signal });
    notes.push(note);
    if (found) usable.push({ dir, match, olderThanMs, writtenBefore, ...found });
  }
  if (usable.every(({ files }) => files === 0)) return { refused: `there is nothing to remove. ${notes.join('; ')}`.slice(0, 400) };
  const roots = usable.map(({ dir, match, writtenBefore, files, bytes }, n): Root => ({ dir, match, writtenBefore, files, bytes, wantFree: promised(usable, n) }));
  return {
    does: usable.map(({ dir, match, olderThanMs }, n) => ({ name: `clean ${n + 1}: ${dir}`, does: `remove files below ${dir} that fit ${match} and were not written for ${sayDuration(olderThanMs)}`, timeoutMs: TIMEOUT_MS })),
    touches: [target.id],
    bounds: { files: MOST_FILES * roots.length },
    verify: judgedByHost(target),
    wayBack: null,
    witness: { roots },
    artefacts: [],
    notes,
  };
}

interface Usable extends Omit<Root, 'wantFree'> {
  readonly olderThanMs: number;
  readonly freeBytes: number;
  readonly device: number;
}

/** What must be free once this root is clean, and those before it on the same disk; 0: nothing was promised. */
function promised(all: readonly Usable[], n: number): number {
  const { device, freeBytes } = all[n] as Usable;
  const bytes = all.slice(0, n + 1).filter((other) => other.device === device).reduce((sum, root) => sum + root.bytes, 0);
  return bytes < LEAST_PROMISE ? 0 : freeBytes + Math.floor(bytes * KEPT_SHARE);
}

function cleanStep(root: Root, name: string, options: HostOptions): Step {
  return {
    name,
    timeoutMs: TIMEOUT_MS,
    state: async (_witness, receipts, io) => (receipts[name] === undefined ? positionOf(root, { options, io, signal: AbortSignal.timeout(TIMEOUT_MS) }) : 'after'),
    act: (_witness, _receipts, io, signal) => clean(root, { options, io, signal }),
  };
}

/** Done is: nothing is left that the rule means, and the room is there. */
async function positionOf(root: Root, around: Around): Promise<StepPosition> {
  let left = 0;
  try {
    await eachFile(root, around, async () => ((left += 1), false));
  } catch (error) {
    if (error instanceof HypercareError) return 'before'; // It vanished, or became something else: the act says so.
    throw error;
  }
  return left === 0 && (await roomFor(root)) ? 'after' : 'before';
}

async function clean(root: Root, around: Around): Promise<Json> {
  const { io, signal } = around;
  const before = await fileSystemOf(root.dir);
  const endsAt = io.clock.monotonic() + TIMEOUT_MS - SPARE_MS;
  const done = { files: 0, bytes: 0, failed: 0 };
  await eachFile(root, around, async (file, except) => {
    if (done.files > 0 && done.files % LOOK_AGAIN === 0) for (const inode of (await openFiles(signal)) ?? []) except.add(inode);
    if (except.has(inodeOf(file.stat)) || !(await isStill(file))) return true;
    const gone = await unlink(file.dir.at(file.name)).then(() => true, () => false);
    if (gone) done.bytes += file.bytes;
    done[gone ? 'files' : 'failed'] += 1;
    return done.files < MOST_FILES && io.clock.monotonic() < endsAt;
  });
  await until(() => roomFor(root), FREED_WITHIN_MS, io.clock);
  const freed = ((await fileSystemOf(root.dir))?.freeBytes ?? 0) - (before?.freeBytes ?? 0);
  const said = `removed ${sayCount(done.files, 'file')} of ${sayBytes(done.bytes)} below ${root.dir}, and ${freed < 0 ? 'no more' : `${sayBytes(freed)} more`} is free${done.failed === 0 ? '' : `; ${sayCount(done.failed, 'file')} could not be removed`}`;
  if (done.files === 0 && done.failed > 0) throw new HypercareError('files.not_removed', 'permanent', `none of ${sayCount(done.failed, 'file')} below ${root.dir} could be removed: this user may not, or they are locked (lsattr)`, 'Remove them by hand.');
  if (!(await roomFor(root))) throw new HypercareError('files.not_freed', 'permanent', `${said}: less than was promised. Something else fills the disk, or holds what was removed`, `Look who does: du -x ${root.dir}, lsof +L1`);
  return { said, files: done.files, bytes: done.bytes, freedBytes: freed };
}

/** The same look for `state` and for `act`: what is open is asked anew each time. */
async function eachFile(root: Root, { options, io, signal }: Around, visit: (file: Found, except: Set<string>) => Promise<boolean>): Promise<void> {
  const except = await leftAlone(options, io, signal);
  const held = await holdUsable(root.dir, options, io);
  await walkFiles(held, { match: named(root.match), writtenBefore: root.writtenBefore, except }, (file) => visit(file, except), signal).finally(() => held.close());
}

async function roomFor({ dir, wantFree }: Root): Promise<boolean> {
  return ((await fileSystemOf(dir))?.freeBytes ?? 0) >= wantFree;
}
