import { unlink } from 'node:fs/promises';
import { z } from 'zod';
import { sayBytes } from '../../src/domain/bytes.js';
import { sayDuration } from '../../src/domain/duration.js';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { fileSystemOf } from '../../src/io/file-system.js';
import { inodeOf } from '../../src/io/held-dir.js';
import type { Io } from '../../src/io/io.js';
import { openFiles } from '../../src/io/open-files.js';
import { hostOptionsOf, type HostOptions } from './host-options.js';
import { judgedByHost, sayCount, until } from './host-plan.js';
import { holdRoot, leftAlone } from './host-roots.js';
import { isStill, named, walkFiles, type FileRule, type Found } from './host-walk.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

/** Files that one run removes below one root at most; the next run goes on. */
const MOST_FILES = 20_000;
const TIMEOUT_MS = 5 * 60_000;
/** So long before that it stops by itself, to say what it did. */
const SPARE_MS = 10_000;
/** What is open is looked at again after so many. */
const LOOK_AGAIN = 500;
const SHOWN_NAMES = 3;
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
  refuses: "anything not listed, too young or open in a process, symlinks, the system's directories, apps' code, what hypercare and PM2 need",
  args,
  risk: 'disruptive',
  prepare,
  steps: (target, _args, prepared) => witness.parse(prepared.witness).roots.map((root, n) => cleanStep(root, prepared.does[n]?.name ?? root.dir, hostOptionsOf(target.options))),
};

async function prepare(target: RepairTarget, _args: unknown, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const options = hostOptionsOf(target.options);
  if (options.clean.length === 0) return { refused: 'no directory is listed in which files may be removed: write host: clean: in hypercare.yaml, for example { dir: /srv/shop/tmp, older_than: 7d, match: "*.tmp" }' };
  const except = await leftAlone(options, io, signal);
  const surveys: Survey[] = [];
  for (const rule of options.clean) surveys.push(await survey(rule, options, { except, io, signal }));
  const usable = surveys.flatMap(({ found }) => found ?? []);
  const notes = surveys.map(({ note }) => note);
  if (usable.every(({ root }) => root.files === 0)) return { refused: `there is nothing to remove. ${notes.join('; ')}`.slice(0, 400) };
  const roots = usable.map(({ root, device }, n) => ({ ...root, wantFree: promised(root, usable.slice(0, n + 1).filter((other) => other.device === device).map((other) => other.root)) }));
  return {
    does: roots.map((root, n) => ({ name: `clean ${n + 1}: ${root.dir}`, does: `remove files below ${root.dir} that fit ${root.match} and were not written for ${sayDuration(usable[n]?.olderThanMs ?? 0)}`, timeoutMs: TIMEOUT_MS })),
    touches: [target.id],
    bounds: { files: MOST_FILES * roots.length },
    verify: judgedByHost(target),
    wayBack: null,
    witness: { roots },
    artefacts: [],
    notes,
  };
}

/** What must be free once this root is clean, and those before it on the same disk; 0: nothing was promised. */
function promised({ wantFree: freeNow }: Root, soFar: readonly Root[]): number {
  const bytes = soFar.reduce((sum, root) => sum + root.bytes, 0);
  return bytes < LEAST_PROMISE ? 0 : freeNow + Math.floor(bytes * KEPT_SHARE);
}

interface Around {
  readonly except: Set<string>;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/** What is below one root; null: it may not be touched, and the note says why. */
interface Survey {
  readonly note: string;
  readonly found: { readonly root: Root; readonly device: number; readonly olderThanMs: number } | null;
}

async function survey(rule: HostOptions['clean'][number], options: HostOptions, { except, io, signal }: Around): Promise<Survey> {
  try {
    const held = await holdRoot(rule.dir, options, io);
    try {
      const room = await fileSystemOf(rule.dir);
      const writtenBefore = io.clock.now() - rule.olderThanMs;
      const files: Found[] = [];
      const { excepted, cut } = await walkFiles(held, { match: named(rule.match), writtenBefore, except }, async (file) => files.push(file) < MOST_FILES, signal);
      const root: Root = { dir: rule.dir, match: rule.match, writtenBefore, files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0), wantFree: room?.freeBytes ?? 0 };
      return { note: noteOf(root, files, { excepted, cut: cut || files.length === MOST_FILES }), found: { root, device: room?.device ?? 0, olderThanMs: rule.olderThanMs } };
    } finally {
      await held.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { note: `${rule.dir} is passed over: ${errorText(error)}`, found: null };
  }
}

function noteOf({ dir, files, bytes }: Root, found: readonly Found[], { excepted, cut }: { readonly excepted: number; readonly cut: boolean }): string {
  const names = found.slice(0, SHOWN_NAMES).map(({ path }) => path.slice(dir.length + 1, dir.length + 61));
  const such = files === 0 ? 'no file that is old enough' : `${cut ? 'at least ' : ''}${sayCount(files, 'file')} of ${sayBytes(bytes)}${names.length === 0 ? '' : `, among them ${names.join(', ')}`}`;
  return `${dir}: ${such}${excepted === 0 ? '' : `; ${sayCount(excepted, 'more')} left alone, in use or not ours`}`.replaceAll(/[\n\r]/g, '?');
}

function cleanStep(root: Root, name: string, options: HostOptions): Step {
  return {
    name,
    timeoutMs: TIMEOUT_MS,
    state: async (_witness, receipts, io) => (receipts[name] === undefined ? positionOf(root, options, io) : 'after'),
    act: (_witness, _receipts, io, signal) => clean(root, options, io, signal),
  };
}

/** Done is: nothing is left that the rule means, and the room is there. */
async function positionOf(root: Root, options: HostOptions, io: Io): Promise<StepPosition> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let left = 0;
  try {
    await eachFile(root, options, { io, signal }, async () => ((left += 1), false));
  } catch (error) {
    if (error instanceof HypercareError) return 'before'; // It vanished, or became something else: the act says so.
    throw error;
  }
  return left === 0 && (await roomFor(root)) ? 'after' : 'before';
}

async function clean(root: Root, options: HostOptions, io: Io, signal: AbortSignal): Promise<Json> {
  const before = await fileSystemOf(root.dir);
  const endsAt = io.clock.monotonic() + TIMEOUT_MS - SPARE_MS;
  const done = { files: 0, bytes: 0 };
  await eachFile(root, options, { io, signal }, async (file, except) => {
    if (done.files > 0 && done.files % LOOK_AGAIN === 0) for (const inode of (await openFiles(signal)) ?? []) except.add(inode);
    if (except.has(inodeOf(file.stat)) || !(await isStill(file))) return true;
    await unlink(file.dir.at(file.name));
    done.files += 1;
    done.bytes += file.bytes;
    return done.files < MOST_FILES && io.clock.monotonic() < endsAt;
  });
  await until(() => roomFor(root), FREED_WITHIN_MS, io.clock);
  const freed = ((await fileSystemOf(root.dir))?.freeBytes ?? 0) - (before?.freeBytes ?? 0);
  const said = `removed ${sayCount(done.files, 'file')} of ${sayBytes(done.bytes)} below ${root.dir}, and ${freed < 0 ? 'no more' : `${sayBytes(freed)} more`} is free`;
  if (!(await roomFor(root))) throw new HypercareError('files.not_freed', 'permanent', `${said}: less than was promised. Something else fills the disk, or holds what was removed`, `Look who does: du -x ${root.dir}, lsof +L1`);
  return { said, files: done.files, bytes: done.bytes, freedBytes: freed };
}

/** The same look for `state` and for `act`: what is open is asked anew each time. */
async function eachFile(root: Root, options: HostOptions, { io, signal }: Pick<Around, 'io' | 'signal'>, visit: (file: Found, except: Set<string>) => Promise<boolean>): Promise<void> {
  const except = await leftAlone(options, io, signal);
  const held = await holdRoot(root.dir, options, io);
  const rule: FileRule = { match: named(root.match), writtenBefore: root.writtenBefore, except };
  await walkFiles(held, rule, (file) => visit(file, except), signal).finally(() => held.close());
}

async function roomFor({ dir, wantFree }: Root): Promise<boolean> {
  return ((await fileSystemOf(dir))?.freeBytes ?? 0) >= wantFree;
}
