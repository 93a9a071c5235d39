import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { judgedByChecks, lookAtProcesses } from './process-plan.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

const MB = 1_048_576;
const TIMEOUT_MS = 10_000;
const MOST_FILES = 20;

/** `atLeastMb`: smaller files are left alone. */
const flushArgs = z.strictObject({ process: z.string().optional(), atLeastMb: z.int().min(0).default(100) });
type FlushArgs = z.infer<typeof flushArgs>;

const fileSchema = z.object({ path: z.string(), ino: z.number(), bytes: z.number() });
const witnessSchema = z.object({ files: z.array(fileSchema) });
/** A log as it was when it was looked at. */
type LogFile = z.infer<typeof fileSchema>;

/**
 * Empties the files in place, as `pm2 flush` does: PM2 and the workers append to them, so that they go on writing at the
 * start. A file that was removed instead would keep its blocks until they let go of it.
 */
export const pm2FlushLogs: Repair<FlushArgs> = {
  kind: 'pm2.flush-logs',
  target: 'app',
  summary: 'empty the large log files that PM2 writes for an app',
  refuses: 'logs below 100 MB, links and devices, and files that another app writes to as well',
  args: flushArgs,
  risk: 'destructive',
  prepare,
  steps: (_target, _args, prepared) => witnessSchema.parse(prepared.witness).files.map(emptyStep),
};

async function prepare(target: RepairTarget, args: FlushArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen) return seen;
  const paths = [...new Set(seen.flatMap(({ instances }) => logsOf(instances)))].slice(0, MOST_FILES);
  const names = seen.map(({ name }) => name);
  const foreign = (await io.pm2.list()).find((one) => !names.includes(one.name) && logsOf([one]).some((path) => paths.includes(path)));
  if (foreign !== undefined) return { refused: `"${foreign.name}" writes to the same log as ${target.name}, and its lines would be lost too` };
  const files = (await Promise.all(paths.map(lookAt))).filter((file) => file !== null).filter(({ bytes }) => bytes >= args.atLeastMb * MB);
  if (files.length === 0) return { refused: `No log of ${target.name} has ${args.atLeastMb} MB: emptying it would gain little` };
  return {
    does: files.map(({ path }) => ({ name: stepName(path), does: `empty ${path} (its lines are gone)`, timeoutMs: TIMEOUT_MS })),
    touches: [target.id],
    bounds: { restarts: 0, files: files.length },
    verify: judgedByChecks(target),
    wayBack: null,
    witness: { files },
    artefacts: [],
    notes: [...files.map(({ path, bytes }) => `${path}: ${say(bytes)}`), 'the last lines are kept with the incident, as before every repair'],
  };
}

function logsOf(instances: readonly Pm2Process[]): readonly string[] {
  return instances.flatMap(({ outLog, errLog }) => [outLog, errLog]).filter((path) => path !== null);
}

/** Null where there is no plain file. */
async function lookAt(path: string): Promise<LogFile | null> {
  const stat = await lstat(path).catch(() => null);
  return stat?.isFile() ? { path, ino: stat.ino, bytes: stat.size } : null;
}

function emptyStep(file: LogFile): Step {
  return {
    name: stepName(file.path),
    timeoutMs: TIMEOUT_MS,
    state: () => positionOf(file),
    async act(): Promise<Json> {
      if ((await positionOf(file)) !== 'before') return { before: file.bytes, after: (await lookAt(file.path))?.bytes ?? 0 };
      return { before: await empty(file), after: (await lookAt(file.path))?.bytes ?? 0 };
    },
  };
}

/** Of the very file that was looked at, whatever stands at its path by now. Returns its size before. */
async function empty({ path, ino }: LogFile): Promise<number> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    const now = await handle.stat();
    if (now.ino === ino) await handle.truncate(0);
    return now.size;
  } finally {
    await handle.close();
  }
}

/** A log that is appended to gets shorter only by being emptied. One that is gone, or another file by now, was rotated. */
async function positionOf(file: LogFile): Promise<StepPosition> {
  const now = await lookAt(file.path);
  return now !== null && now.ino === file.ino && now.bytes >= file.bytes ? 'before' : 'after';
}

function stepName(path: string): string {
  return `empty ${path}`;
}

function say(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
