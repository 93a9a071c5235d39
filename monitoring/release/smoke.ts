import { createServer } from 'node:net';
import { HypercareError } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import { maskForeign } from '../../src/io/mask.js';

/** How a release is started for a look, as the operator declared it. */
export interface SmokeCheck {
  /** The program and its arguments; never a shell. */
  readonly command: readonly string[];
  /** All that it is told beside PATH, HOME, LANG, PORT and HOST: values may be secrets, and stand in no plan. */
  readonly env: Readonly<Record<string, string>>;
  /** What is asked of it; any answer from 200 to 299 is good. */
  readonly path: string;
  readonly timeoutMs: number;
}

const LOOK_EVERY_MS = 150;
const ANSWER_MS = 5_000;
/** Good answers in a row: one alone may come from an app that falls over a moment later. */
const GOOD_IN_A_ROW = 2;
/** How long it gets to end after the look; then it is killed, with all of its children. */
const END_MS = 5_000;
const SAID_CHARS = 400;

/**
 * Starts the release in `dir` on a spare port of the loopback address, asks it until it answers well, and ends it with
 * all of its children. Should we be killed meanwhile, `timeout` ends it: nothing is left running. Returns how long it took
 * to answer; throws `release.smoke` with the end of what it said.
 */
export async function smokeCheck(smoke: SmokeCheck, dir: string, io: Pick<Io, 'exec' | 'http' | 'clock'>, signal: AbortSignal): Promise<{ readonly answeredMs: number }> {
  const port = await sparePort();
  const enough = new AbortController();
  const beganAt = io.clock.monotonic();
  let ended: string | null = null;
  const bound = Math.ceil((smoke.timeoutMs + END_MS) / 1_000);
  const running = io.exec.run('timeout', [`--kill-after=${END_MS / 1_000}`, String(bound), ...smoke.command], { cwd: dir, env: { ...smoke.env, PORT: String(port), HOST: '127.0.0.1' }, timeoutMs: smoke.timeoutMs + END_MS }, AbortSignal.any([signal, enough.signal]))
    .then((result) => { ended = `it ended with ${result.code === null ? `signal ${result.signal}` : `code ${result.code}`}${said(result.stderr || result.stdout)}`; })
    .catch((error: unknown) => { ended ??= error instanceof HypercareError ? error.message : 'it was ended'; });
  try {
    const trouble = await untilGood({ url: `http://127.0.0.1:${port}${smoke.path}`, until: beganAt + smoke.timeoutMs, ended: () => ended }, io, signal);
    if (trouble !== null) throw new HypercareError('release.smoke', 'permanent', `The smoke check failed: ${trouble}`, `Try it by hand in ${dir}: ${smoke.command.join(' ')}`);
    return { answeredMs: Math.round(io.clock.monotonic() - beganAt) };
  } finally {
    enough.abort(new Error('looked at'));
    await running;
  }
}

/** Null once it answered well; else what was wrong, for people. */
async function untilGood({ url, until, ended }: { readonly url: string; readonly until: number; ended(): string | null }, io: Pick<Io, 'http' | 'clock'>, signal: AbortSignal): Promise<string | null> {
  let good = 0;
  let last = 'it did not answer';
  while (io.clock.monotonic() < until) {
    signal.throwIfAborted();
    const answer = await io.http.request({ url, timeoutMs: ANSWER_MS }, signal);
    // What answers while ours has ended is something else that took the port.
    const over = ended();
    if (over !== null) return over;
    good = 'status' in answer && answer.status >= 200 && answer.status < 300 ? good + 1 : 0;
    if (good >= GOOD_IN_A_ROW) return null;
    if ('status' in answer && good === 0) last = `it answered ${answer.status}`;
    if (!('status' in answer)) last = `it did not answer (${answer.text})`;
    await io.clock.sleep(LOOK_EVERY_MS, signal);
  }
  return `${last}, and its time was over`;
}

/** Of a stack the line that says what was wrong, else the end. */
function said(output: string): string {
  const lines = maskForeign(output.trim()).split('\n').map((line) => line.trim());
  const text = lines.findLast((line) => /^(?:Uncaught )?\w*Error\b/.test(line)) ?? lines.join(' ').slice(-SAID_CHARS);
  return text === '' ? '' : `: ${text.slice(0, SAID_CHARS)}`;
}

/** A port nobody listens on at this moment. */
function sparePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port was given'))));
    });
  });
}
