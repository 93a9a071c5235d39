import type { ChannelState } from '../src/domain/channel-state.js';
import { errorText, HypercareError } from '../src/domain/errors.js';
import type { HostId } from '../src/domain/ids.js';
import type { Clock } from '../src/io/clock.js';
import { maskText } from '../src/io/mask.js';
import { noteChannel } from '../src/store/channels.js';
import type { Store } from '../src/store/store.js';

export interface ReachParts {
  readonly store: Store;
  readonly hostId: HostId;
  readonly clock: Clock;
}

/** Whether people are reached in one channel, kept where `status` finds it. */
export interface Reach {
  /** True where this is another state, or another trouble, than the last time: then it is worth a line in the log. */
  note(part: ChannelState['part'], error: unknown): Promise<boolean>;
}

/** Written when it changes, and never in the way of what it tells of: a store that fails is tried the next time. */
export function createReach({ store, hostId, clock }: ReachParts, name: string): Reach {
  const known = new Map<ChannelState['part'], string | null>();
  // One after the other, so that what is said last stands.
  let written: Promise<unknown> = Promise.resolve();
  return {
    async note(part, error) {
      const trouble = error === null ? null : troubleOf(error);
      const why = trouble?.why ?? null;
      if (known.get(part) === why) return false;
      known.set(part, why);
      written = written.then(() => store.write((tx) => noteChannel(tx, hostId, { name, part, since: clock.now(), trouble }))).catch(() => known.delete(part));
      await written;
      return true;
    },
  };
}

function troubleOf(error: unknown): NonNullable<ChannelState['trouble']> {
  return { why: maskText(errorText(error)), mend: error instanceof HypercareError ? error.mend : null };
}
