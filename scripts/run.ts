import { HypercareError } from '../src/domain/errors.js';
import { createExec } from '../src/io/exec.js';

export interface RunOptions {
  readonly cwd?: string;
  /** Beside PATH, HOME and LANG. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly stdin?: string;
}

const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;
const TAIL = 600;

/** Runs a program to its end and gives its stdout. Anything but exit code 0 throws `run.failed` with the end of what it printed. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const result = await createExec().run(program, args, { ...options, maxOutputBytes: OUTPUT_LIMIT_BYTES });
  if (result.code === 0) return result.stdout;
  const what = [program.split('/').at(-1), ...args].join(' ').slice(0, 200);
  const how = result.timedOut ? `no end within ${options.timeoutMs / 1000} s` : (result.signal ?? `exit ${result.code}`);
  const said = (result.stderr || result.stdout).trim().slice(-TAIL) || 'it printed nothing';
  throw new HypercareError('run.failed', result.timedOut ? 'transient' : 'permanent', `"${what}" failed (${how}): ${said}`);
}
