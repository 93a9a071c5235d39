import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnv } from '../../src/io/child-env.js';
import { systemClock } from '../../src/io/clock.js';
import { sayPoint, type KillPoint, type Who } from './kill-point.js';
import { traceFile } from './trace.js';

/** A process that dies more often than it was told to is no crash test any more. */
const MOST_LIVES = 30;
const END_WITHIN_MS = 5_000;

/** One process, started again at once after each SIGKILL, as PM2 would. */
export interface Lives {
  /** Why it is not started again: it ended in another way than by SIGKILL. Null while all is well. */
  trouble(): string | null;
  /** Kills it now from outside, in the name of this point. */
  kill(point: KillPoint): void;
  /** Kills it for good. */
  end(): Promise<void>;
}

/** `who` names the child's program and its files in the run's directory. */
export function keepAlive(dir: string, who: Who): Lives {
  const log = createWriteStream(join(dir, `${who}.log`), { flags: 'a' });
  const program = fileURLToPath(new URL(`./${who}-child.js`, import.meta.url));
  let lives = 0;
  let trouble: string | null = null;
  let ending = false;
  let child: ChildProcess;
  let gone: Promise<void>;

  function live(): void {
    lives += 1;
    child = spawn(process.execPath, ['--enable-source-maps', program, dir], { cwd: dir, env: { ...childEnv(), HOME: dir }, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    gone = new Promise((done) => child.once('exit', (code, signal) => (died(code, signal), done())));
    child.once('error', (error) => (trouble ??= `the ${who} could not be started: ${error.message}`));
  }

  function died(code: number | null, signal: NodeJS.Signals | null): void {
    if (ending) return;
    if (signal !== 'SIGKILL') trouble ??= `the ${who} ended by itself (${signal ?? `exit ${code}`}); see ${join(dir, `${who}.log`)}`;
    else if (lives >= MOST_LIVES) trouble ??= `the ${who} died ${lives} times`;
    else live();
  }

  // Whatever ends this program ends its children with it.
  const withUs = (): void => void child.kill('SIGKILL');
  process.once('exit', withUs);
  live();
  return {
    trouble: () => trouble,
    kill(point) {
      child.kill('SIGKILL');
      // On a line of its own: the child may have died in the middle of one.
      appendFileSync(traceFile(dir, who), `\n${JSON.stringify({ line: 'killed', at: systemClock.now(), what: sayPoint(point) })}\n`);
    },
    async end() {
      ending = true;
      process.removeListener('exit', withUs);
      child.kill('SIGKILL');
      await Promise.race([gone, systemClock.sleep(END_WITHIN_MS)]);
      log.end();
    },
  };
}
