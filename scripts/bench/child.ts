import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { childEnv } from '../../src/io/child-env.js';
import { systemClock } from '../../src/io/clock.js';
import { within } from '../../src/io/within.js';

/** Lines kept of one child; the oldest are forgotten. */
const MOST_LINES = 5_000;
const END_WITHIN_MS = 9_000;

export interface Line {
  /** Wall clock at which we read it, milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** A process of ours and what it said, on either stream. */
export interface Child {
  readonly pid: number;
  readonly lines: readonly Line[];
  /** Null while it runs. */
  readonly ended: string | null;
  /** SIGTERM, and SIGKILL for one that does not hear it. */
  stop(): Promise<void>;
}

export function startChild(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = spawn(program, args, { env: { ...childEnv(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  let ended: string | null = null;
  const gone = new Promise<void>((done) => {
    const end = (how: string) => {
      ended ??= how;
      done();
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit ${code}`));
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (text) => {
      lines.push({ at: systemClock.now(), text });
      if (lines.length > MOST_LINES) lines.shift();
    });
  }
  return {
    pid: child.pid ?? 0,
    lines,
    get ended() {
      return ended;
    },
    async stop() {
      if (ended !== null) return;
      child.kill('SIGTERM');
      await within(gone, END_WITHIN_MS, systemClock);
      if (ended !== null) return;
      child.kill('SIGKILL');
      await gone;
    },
  };
}
