import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { HypercareError } from '../domain/errors.js';
import { childEnv } from './child-env.js';

export interface ExecOptions {
  readonly cwd?: string;
  /** The child's whole environment; nothing is inherited beside PATH, HOME, LANG and what stands here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Each of stdout and stderr keeps its last this many bytes (default 64 KiB). */
  readonly maxOutputBytes?: number;
  readonly stdin?: string;
}

export interface ExecResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Exec {
  /**
   * Runs a program with an argument array (never a shell) in its own process group, which is ended at the deadline
   * (`timedOut`) or on abort (throws the signal's reason): SIGTERM, then SIGKILL half a second later. Any exit code is
   * a result. Throws `exec.missing` where the program or `cwd` is not there, `exec.failed` where it cannot be started.
   */
  run(program: string, args: readonly string[], options: ExecOptions, signal?: AbortSignal): Promise<ExecResult>;
}

const DEFAULT_OUTPUT_BYTES = 64 * 1024;
/** Between SIGTERM and SIGKILL: long enough for git to take its lock files away. */
const GRACE_MS = 500;
/** How long the pipes may stay open after the program ended: a child of its own that left the group may hold them. */
const PIPES_MS = 500;

export function createExec(): Exec {
  return { run };
}

async function run(program: string, args: readonly string[], options: ExecOptions, signal?: AbortSignal): Promise<ExecResult> {
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...childEnv(), ...options.env },
    detached: true,
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const stdout = keepTail(child.stdout, options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
  const stderr = keepTail(child.stderr, options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
  feed(child, options.stdin);

  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    endGroup(child);
  }, options.timeoutMs);
  const abort = (): void => endGroup(child);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const ended = await ending(child, program, options.cwd);
    signal?.throwIfAborted();
    return { ...ended, timedOut, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', abort);
  }
}

function ending(child: ChildProcess, program: string, cwd: string | undefined): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(startError(error, program, cwd)));
    child.once('exit', (code, signal) => {
      // On a busy machine nobody may have read a byte by now: whoever comes back late finds timers due before it reads, so
      // the pipes are closed only after one more round of reading. What a program had said was lost here, with exit code 0.
      const pipes = setTimeout(() => setImmediate(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }), PIPES_MS);
      child.once('close', () => {
        clearTimeout(pipes);
        resolve({ code, signal });
      });
    });
  });
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  // A group whose leader obeyed may still hold a child that did not: it is asked of the group, whatever the leader did.
  setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the whole group is gone, which is what was wanted.
  }
}

/** A program that ends before it read its input is no error of ours (EPIPE): its exit code tells. */
function feed(child: ChildProcess, stdin: string | undefined): void {
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
}

/** Collects a stream and returns how to read its last `limit` bytes. */
function keepTail(stream: Readable | null, limit: number): () => string {
  let chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < limit * 2 + chunk.length) return;
    chunks = [Buffer.concat(chunks).subarray(-limit)];
    size = limit;
  });
  return () => Buffer.concat(chunks).subarray(-limit).toString('utf8');
}

function startError(error: NodeJS.ErrnoException, program: string, cwd: string | undefined): HypercareError {
  const where = cwd === undefined ? '' : ` in ${cwd}`;
  if (error.code === 'ENOENT') {
    return new HypercareError('exec.missing', 'permanent', `${program} could not be started${where}: the program or the directory is not there`, `Install ${program}, or correct the path.`, { cause: error });
  }
  const transient = error.code === 'EAGAIN' || error.code === 'EMFILE' || error.code === 'ENOMEM';
  return new HypercareError('exec.failed', transient ? 'transient' : 'permanent', `${program} could not be started${where}: ${error.code ?? error.message}`, null, { cause: error });
}
