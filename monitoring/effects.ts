import { setMaxListeners } from 'node:events';
import { errorText } from '../src/domain/errors.js';
import type { Clock } from '../src/io/clock.js';
import type { Logger } from '../src/io/log.js';

/** Its key stays taken for so long after an effect failed, or it would fail again at once, for ever. */
const AFTER_FAILURE_MS = 1_000;
/** The same failure, of whichever effects, is told so often: on a full disk every check fails each second. */
const TOLD_EVERY_MS = 60_000;
/** Kinds of failures that are remembered for that. */
const MOST_TOLD = 100;

/** What touches the outside: runs beside the loop in a bounded pool, one at a time under each key. */
export interface Effects {
  /** False when one with this key is under way, or the pool is full: the row that asked for it stays due. */
  start(key: string, run: (signal: AbortSignal) => Promise<void>): boolean;
  busy(key: string): boolean;
  /** How many may be under way at once, and how many more can be started now. */
  readonly most: number;
  room(): number;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Aborts what is under way and waits for it, at most `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

/** `ended` is called after each effect, whichever way it went: a poke of the loop. */
export function createEffects(options: { readonly most: number; readonly ended: () => void; readonly clock: Pick<Clock, 'monotonic'>; readonly log: Logger }): Effects {
  const underWay = new Map<string, Promise<void>>();
  const abort = new AbortController();
  // Each effect listens to it while it runs: eleven at a time are no leak, as Node would think.
  setMaxListeners(0, abort.signal);
  const told = new Map<string, number>();

  function tell(key: string, error: string): void {
    const now = options.clock.monotonic();
    const last = told.get(error);
    if (last !== undefined && now - last < TOLD_EVERY_MS) return;
    if (told.size >= MOST_TOLD) told.clear();
    told.set(error, now);
    options.log.error({ effect: key, error }, last === undefined ? 'an effect failed; its row is still due' : 'effects still fail; their rows are still due');
  }

  async function run(key: string, effect: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await effect(abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      tell(key, errorText(error));
      await new Promise<void>((done) => setTimeout(done, AFTER_FAILURE_MS).unref());
    } finally {
      underWay.delete(key);
      options.ended();
    }
  }

  const idle = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay.values());
  };

  return {
    start(key, effect) {
      if (abort.signal.aborted || underWay.has(key) || underWay.size >= options.most) return false;
      underWay.set(key, run(key, effect));
      return true;
    },
    busy: (key) => underWay.has(key),
    most: options.most,
    room: () => options.most - underWay.size,
    idle,
    async stop(withinMs) {
      abort.abort();
      await Promise.race([idle(), new Promise<void>((done) => setTimeout(done, withinMs).unref())]);
    },
  };
}
