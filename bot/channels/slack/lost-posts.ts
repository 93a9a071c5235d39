import type { Logger } from '../../../src/io/log.js';
import type { Slack } from './client.js';
import { refusal } from './failure.js';
import type { Place } from './place.js';

/** Posts whose answers were lost: they may stand in the channel, or not. */
export interface LostPosts {
  remember(subject: string, key: string): void;
  forget(subject: string): void;
  /** Where a lost post of the subject stands, if it does. Throws what keeps Slack from answering. */
  find(subject: string): Promise<Place | null>;
}

const METADATA = 'hypercare_card';
const MAX_SUBJECTS = 200;
const MAX_KEYS = 5;
/** Slack gives apps outside its directory at most 15 messages at a time. */
const LOOK_BACK = 15;

/** Goes along with every card, so that it can be found again. */
export function cardMetadata(subject: string, key: string): { readonly event_type: string; readonly event_payload: { readonly subject: string; readonly key: string } } {
  return { event_type: METADATA, event_payload: { subject, key } };
}

/**
 * Slack has no idempotency key, so the next try looks for the keys of the lost ones among the channel's last messages.
 * By key and not by subject: a launch posts several messages on purpose. Needs the scope channels:history
 * (groups:history in a private channel); without it nothing is found, and the card is posted again.
 */
export function createLostPosts({ channel, slack, log }: { readonly channel: string; readonly slack: () => Promise<Slack>; readonly log: Logger }): LostPosts {
  const lost = new Map<string, readonly string[]>();
  return {
    remember(subject, key) {
      const [oldest] = lost.keys();
      const keys = lost.get(subject) ?? [];
      if (lost.size >= MAX_SUBJECTS && oldest !== undefined && keys.length === 0) lost.delete(oldest);
      lost.set(subject, [...keys.filter((known) => known !== key), key].slice(-MAX_KEYS));
    },
    forget(subject) {
      lost.delete(subject);
    },
    async find(subject) {
      const keys = lost.get(subject);
      if (keys === undefined) return null;
      const { ask } = await slack();
      try {
        const { messages } = await ask.conversations.history({ channel, limit: LOOK_BACK, include_all_metadata: true });
        const found = messages?.find(({ metadata }) => metadata?.event_type === METADATA && keys.includes(String((metadata.event_payload as { key?: unknown } | undefined)?.key)));
        return found?.ts === undefined ? null : { channel, ts: found.ts };
      } catch (thrown) {
        const why = refusal(thrown);
        if (why === null) throw thrown;
        log.info({ why }, 'slack: cannot look whether a card whose answer was lost is there; it may stand twice');
        return null;
      }
    },
  };
}
