import type { HostId } from '../src/domain/ids.js';
import { errorText } from '../src/domain/errors.js';
import type { Tier } from '../src/domain/tiers.js';
import type { Carrier } from '../src/io/carrier.js';
import type { Clock } from '../src/io/clock.js';
import type { Logger } from '../src/io/log.js';
import { botSeen } from '../src/store/hosts.js';
import type { Store } from '../src/store/store.js';
import type { Channel, Stop } from './channels/channel.js';
import { createInbox } from './inbox.js';
import { createRelay } from './relay.js';

const SEEN_EVERY_MS = 10_000;
const AFTER_FAILURE_MS = 1_000;
/** A channel that could not begin to listen is tried again after so long. */
const LISTEN_AGAIN_MS = 30_000;

export interface BotParts {
  readonly store: Store;
  readonly hostId: HostId;
  readonly hostName: string;
  readonly carrier: Carrier;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly tiers: readonly Tier[];
  readonly timeZone: string;
}

export interface Bot {
  stop(): Promise<void>;
}

/** The people's process: every channel's ear, and the relay that speaks. */
export async function startBot(parts: BotParts): Promise<Bot> {
  const { clock, log } = parts;
  const hear = createInbox(parts);
  const relay = createRelay(parts);
  const stopping = new AbortController();
  let wake: () => void = () => undefined;
  let poked = false;
  const poke = () => {
    poked = true;
    wake();
  };
  const stopPokes = await parts.carrier.onPoke(poke);
  const listening = parts.channels.map((channel) => listen(channel));

  async function listen(channel: Channel): Promise<Stop | null> {
    while (channel.start && !stopping.signal.aborted) {
      try {
        const stop = await channel.start(hear);
        log.info({ channel: channel.name }, 'listens');
        return stop;
      } catch (error) {
        log.error({ channel: channel.name, error: errorText(error) }, 'cannot listen; it is tried again');
        await clock.sleep(LISTEN_AGAIN_MS, stopping.signal).catch(() => undefined);
      }
    }
    return null;
  }

  async function speak(): Promise<void> {
    let seenAt = 0;
    while (!stopping.signal.aborted) {
      poked = false;
      let failed = false;
      try {
        const now = clock.now();
        if (Math.abs(now - seenAt) >= SEEN_EVERY_MS) {
          seenAt = now;
          await parts.store.write((tx) => botSeen(tx, parts.hostId, now));
        }
        await relay.pass();
      } catch (error) {
        failed = true;
        log.error({ error: errorText(error) }, 'the relay failed; it is run again');
      }
      await rest(failed ? clock.now() + AFTER_FAILURE_MS : await relay.nextAt().catch(() => null));
    }
  }

  async function rest(until: number | null): Promise<void> {
    if (poked || stopping.signal.aborted) return;
    const ms = Math.min(SEEN_EVERY_MS, Math.max(10, (until ?? Number.POSITIVE_INFINITY) - clock.now()));
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  const speaking = speak();
  return {
    async stop() {
      stopping.abort();
      wake();
      await stopPokes();
      await speaking;
      for (const stop of await Promise.all(listening)) await stop?.();
    },
  };
}
