import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { systemClock } from './clock.js';

/** So often the event loop is felt while something is measured. */
const BEAT_MS = 100;
/** A pause of our own that is longer than this, and than a quarter of the measurement, may be what was measured. */
const STALL_MS = 500;
const SHARE = 0.25;
/** Wall clock and duration differ by more than this: the machine slept, or its clock was set. */
const STEP_MS = 2_000;
/** With so few descriptors left, what is opened next fails. */
const SPARE_DESCRIPTORS = 8;
/** Nobody listens there, and a machine that is well says so at once. */
const SILENT_PORT = 1;
const LOOPBACK_MS = 1_000;
/** What was found is true for so long: many checks fail at one moment. */
const KEPT_MS = 1_000;

export interface SelfCheck {
  /**
   * A measurement begins. What it returns is called at its end, and says what was wrong with ourselves meanwhile; null:
   * nothing was. `bad`: descriptors and network are looked at too, because they would make what is well look dead.
   */
  begin(): (bad: boolean) => Promise<string | null>;
}

interface Watched {
  readonly began: number;
  readonly wall: number;
  stallMs: number;
}

/**
 * What a watchdog suffers itself looks like its apps' trouble: while it stands still their answers come too late, without
 * descriptors nothing can be asked, and a machine that drops its own connections drops theirs. Then nobody is blamed.
 * `port`: of this machine, where nobody listens.
 */
export function createSelfCheck({ port = SILENT_PORT }: { readonly port?: number } = {}): SelfCheck {
  const underWay = new Set<Watched>();
  const around = kept(async () => (await descriptors()) ?? (await loopback(port)));
  let felt = 0;
  let beat: NodeJS.Timeout | null = null;

  /** How long the loop did not turn, for everything that is measured just now. */
  function feel(): void {
    const now = systemClock.monotonic();
    for (const one of underWay) one.stallMs = Math.max(one.stallMs, now - Math.max(felt, one.began) - BEAT_MS);
    felt = now;
  }

  function end(watched: Watched): string | null {
    feel();
    underWay.delete(watched);
    if (underWay.size === 0 && beat) {
      clearInterval(beat);
      beat = null;
    }
    return stalled(watched);
  }

  return {
    begin() {
      const watched = { began: systemClock.monotonic(), wall: systemClock.now(), stallMs: 0 };
      underWay.add(watched);
      beat ??= setInterval(feel, BEAT_MS).unref();
      return async (bad) => end(watched) ?? (bad ? around() : null);
    },
  };
}

function stalled({ began, wall, stallMs }: Watched): string | null {
  const lastedMs = systemClock.monotonic() - began;
  const steppedMs = systemClock.now() - wall - lastedMs;
  if (Math.abs(steppedMs) > STEP_MS) return `the machine slept, or its clock was set by ${Math.round(steppedMs / 1_000)} s`;
  return stallMs >= STALL_MS && stallMs >= lastedMs * SHARE ? `hypercare itself stood still for ${Math.round(stallMs)} ms` : null;
}

/** Null also where the system does not tell. */
async function descriptors(): Promise<string | null> {
  try {
    const most = Number(/^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1]);
    const open = (await readdir('/proc/self/fd')).length;
    return open + SPARE_DESCRIPTORS > most ? `hypercare itself has used up its descriptors: ${open} of ${most}` : null;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'EMFILE' ? 'hypercare itself has used up its descriptors' : null;
  }
}

/** A machine that drops its own connections (a full table of connections does) or has no loopback can ask nobody. */
function loopback(port: number): Promise<string | null> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: LOOPBACK_MS });
    const end = (why: string | null): void => {
      socket.destroy();
      done(why);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(`this machine does not answer itself: a connection to 127.0.0.1 stayed open for ${LOOPBACK_MS} ms`));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' || code === 'ECONNRESET' ? null : `this machine cannot connect to itself (${code ?? 'unknown error'})`));
  });
}

function kept(look: () => Promise<string | null>): () => Promise<string | null> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let found: Promise<string | null> = Promise.resolve(null);
  return () => {
    const now = systemClock.monotonic();
    if (now - lookedAt >= KEPT_MS) [lookedAt, found] = [now, look()];
    return found;
  };
}
