import { errorText, HypercareError } from '../../../src/domain/errors.js';
import { LATE, within } from '../../../src/io/within.js';
import { DeliveryDelay, type NoteHearing, type Stop } from '../channel.js';
import { openSession, type Ended, type Session, type SessionInput } from './session.js';
import { errorOf } from './trouble.js';

/** Milliseconds. */
export interface ListenTiming {
  /** How long the start waits to hear before it goes on trying behind the caller's back. */
  readonly startMs: number;
  /** Between two tries where the network or Telegram fails. */
  readonly againMs: number;
  /** After a 409: the other poller, which may be our own process from before a restart, gets time to end. */
  readonly conflictMs: number;
  /** After a refused token, which only a person can mend. */
  readonly tokenMs: number;
  /** See SessionInput. A poll in order ends after 50 s at the latest. */
  readonly silenceMs: number;
  /** How long stopping waits for what is in work. */
  readonly stopMs: number;
  /** See SessionInput. */
  readonly firstPollS: number;
}

export const LISTEN_TIMING: ListenTiming = { startMs: 10_000, againMs: 5_000, conflictMs: 60_000, tokenMs: 600_000, silenceMs: 90_000, stopMs: 3_000, firstPollS: 1 };

export interface ListenInput extends Omit<SessionInput, 'silenceMs' | 'onHearing' | 'firstPollS'> {
  readonly timing: ListenTiming;
  readonly hearing: NoteHearing;
}

/**
 * Listens until stopped, over one session after the other. Resolves once it hears, or after `startMs` while it goes on trying;
 * rejects where the token is refused meanwhile, since trying on will not help.
 */
export async function listen(input: ListenInput): Promise<Stop> {
  const listener = new Listener(input);
  await listener.start();
  return () => listener.stop();
}

class Listener {
  readonly #stopping = new AbortController();
  #session: Session | undefined;
  #run: Promise<void> = Promise.resolve();
  #hearing = false;
  /** What was last told of why it does not hear: each trouble is told once. */
  #told: string | null = null;
  /** Told how the start went, as long as somebody waits for it. */
  #starter: { readonly began: () => void; readonly failed: (error: unknown) => void } | undefined;

  constructor(private readonly input: ListenInput) {}

  async start(): Promise<void> {
    const first = new Promise<void>((began, failed) => {
      this.#starter = { began, failed };
    });
    this.#run = this.#sessions().catch((thrown: unknown) => {
      this.input.log.error({ error: errorText(thrown) }, 'telegram: listens no more');
      this.#starter?.failed(thrown);
    });
    const begun = await within(first, this.input.timing.startMs, this.input.clock);
    this.#starter = undefined;
    if (begun === LATE && this.#told === null) this.input.hearing(new HypercareError('telegram.unreachable', 'transient', 'Telegram has not answered yet', 'If this lasts, check that this host reaches api.telegram.org over HTTPS.'));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#session?.stop();
    await within(this.#run, this.input.timing.stopMs, this.input.clock);
  }

  async #sessions(): Promise<void> {
    const { timing, clock } = this.input;
    while (!this.#stopping.signal.aborted) {
      this.#session = await openSession({ ...this.input, silenceMs: timing.silenceMs, firstPollS: timing.firstPollS, onHearing: () => this.#hears() });
      if (this.#stopping.signal.aborted) this.#session.stop();
      const ended = await this.#session.ended;
      if (this.#stopping.signal.aborted) return;
      this.#hearing = false;
      if (ended.why === 'trouble' && ended.trouble.kind === 'token' && this.#starter !== undefined) throw errorOf(ended.trouble);
      const { ms, why, error } = nextTry(ended, timing);
      if (why !== this.#told) {
        this.input.log.warn({ againInMs: ms }, `telegram: does not hear: ${why}`);
        this.input.hearing(error);
      }
      this.#told = why;
      await clock.sleep(ms, this.#stopping.signal).catch(() => undefined);
    }
  }

  #hears(): void {
    if (!this.#hearing) this.input.log.info({}, 'telegram: hears');
    this.#hearing = true;
    this.input.hearing(null);
    this.#told = null;
    this.#starter?.began();
  }
}

interface Next {
  readonly ms: number;
  readonly why: string;
  readonly error: HypercareError | DeliveryDelay;
}

function nextTry(ended: Ended, timing: ListenTiming): Next {
  if (ended.why !== 'trouble') {
    const why = ended.why === 'silent' ? 'the connection fell silent' : 'the polling ended';
    return { ms: timing.againMs, why, error: new HypercareError('telegram.silent', 'transient', `${why}; it is opened again`) };
  }
  const { trouble } = ended;
  if (trouble.kind === 'wait') return { ms: Math.max(trouble.ms, timing.againMs), why: 'Telegram asks to wait', error: new DeliveryDelay(trouble.ms) };
  const error = errorOf(trouble);
  const why = [error.message, error.mend].filter(Boolean).join('. ');
  return { ms: { conflict: timing.conflictMs, token: timing.tokenMs }[trouble.kind as string] ?? timing.againMs, why, error };
}
