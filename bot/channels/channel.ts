import type { ZodType } from 'zod';
import type { Call } from '../../src/cards/call.js';
import type { Card } from '../../src/cards/card.js';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Platform } from '../../src/domain/person.js';
import type { Logger } from '../../src/io/log.js';

/** Where a card was put, so that it can be edited later; the channel's own, kept in the store as JSON. */
export type Ref = Json;

/** Something a person said or pressed. Only its ids are to be trusted; `text` is data. */
export interface Utterance {
  readonly platform: Platform;
  /** The platform's own id of the person, never the display name. */
  readonly userId: string;
  /** For display and logs only. */
  readonly userName: string;
  /** Words of a command without the bot's name ('status shop'), or the token of a pressed button. */
  readonly said: { readonly words: string } | { readonly pressed: string };
  /** Equal for every redelivery of the same act of speech. */
  readonly nonce: string;
  /** Whether this person is in a user group of the platform; throws where that cannot be found out. Absent: it has none. */
  readonly isIn?: (groupId: string) => Promise<boolean>;
  /** True where the reply to the person reaches nobody else; absent: others may read it. */
  readonly privately?: boolean;
}

/** What to say back: to that person alone, or to the place where it was said. */
export interface Reply {
  readonly card: Card;
  readonly audience: 'person' | 'place';
}

/** The people's process's ear. It never throws: what goes wrong comes back as a reply. */
export type Hear = (utterance: Utterance) => Promise<Reply>;

export type Stop = () => Promise<void>;

/** Told whenever a channel begins to hear (null), or hears no more, and why; also long after its start. */
export type NoteHearing = (trouble: unknown) => void;

/** A verb that may be said in a chat, for platforms that offer a menu. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
}

/** Secrets of the bot's process alone; never logged, never in a child's environment. */
export interface Secrets {
  readonly SLACK_BOT_TOKEN?: string;
  readonly SLACK_APP_TOKEN?: string;
  readonly SLACK_SIGNING_SECRET?: string;
  readonly SLACK_WEBHOOK_URL?: string;
  readonly TELEGRAM_BOT_TOKEN?: string;
  readonly TELEGRAM_CHAT_ID?: string;
  readonly WEBHOOK_URL?: string;
  readonly WEBHOOK_SECRET?: string;
  readonly DISCORD_WEBHOOK_URL?: string;
  readonly TEAMS_WORKFLOW_URL?: string;
  readonly SMTP_PASSWORD?: string;
  readonly APPLICATIONINSIGHTS_CONNECTION_STRING?: string;
}

/**
 * Delivery errors are HypercareErrors: after a `transient` one the whole channel rests for a while; anything else needs
 * a person's hand and is tried again rarely. This one is thrown where the platform itself says how long to wait.
 */
export class DeliveryDelay extends Error {
  override readonly name = 'DeliveryDelay';
  constructor(readonly retryAfterMs: number) {
    super(`the platform asks to wait ${retryAfterMs} ms`);
  }
}

/** Something that keeps people from being told or heard, and what mends it. */
export interface Trouble {
  readonly why: string;
  readonly mend: string | null;
  /** Nothing has to be mended: it may be over the next time. */
  readonly passes: boolean;
}

/** What a delivery or a question to the platform failed with, for people. */
export function asTrouble(thrown: unknown): Trouble {
  if (thrown instanceof HypercareError) return { why: thrown.message, mend: thrown.mend, passes: thrown.errorClass === 'transient' };
  if (thrown instanceof DeliveryDelay) return { why: thrown.message, mend: 'Try again in a minute.', passes: true };
  return { why: errorText(thrown), mend: null, passes: false };
}

/** One configured place cards are delivered to and people speak from. */
export interface Channel {
  /** With its place in it ('telegram:-500'): pointed elsewhere it is another channel, where open cards are posted anew. */
  readonly name: string;
  /** Equal for all that listen with one token: of them one does. Holds no secret. */
  readonly listensAs?: string;
  /** True where nobody is heard: cards come without buttons, and say where to decide. */
  readonly alertsOnly?: boolean;
  /** True where nothing that was posted can be edited. */
  readonly postsAnew?: boolean;
  /** Connects and listens, by itself until stopped, and tells `hearing` whether it does. Rejects where that would never go right. Absent: it only speaks. */
  start?(hear: Hear, verbs: readonly Verb[], hearing: NoteHearing): Promise<Stop>;
  /**
   * Posts the card, or edits the message at `previous`. `key` is equal for every try of one delivery. `said` is what `call`
   * will be asked to say beside it, for a channel whose posts can hold that themselves.
   */
  deliver(card: Card, key: string, previous: Ref | undefined, said?: Call): Promise<Ref>;
  /** Says it aloud beside the card at `at`; `fresh` tells that the card was posted there just now, `key` is that of its delivery. Absent: its posts are loud enough. */
  call?(call: Call, at: Ref, fresh: boolean, key: string): Promise<void>;
  /** What can be found out about hearing and rights without disturbing a bot that runs. Never throws what the platform refuses. */
  examine?(): Promise<readonly Trouble[]>;
}

/** What is configured and cannot be used, and why. */
export interface Refused {
  readonly kind: string;
  readonly error: HypercareError;
}

/** A kind of channel: its options from hypercare.yaml, and how one is made. */
export interface ChannelKind<O> {
  readonly kind: string;
  readonly options: ZodType<O>;
  /** What it cannot do without, for people. */
  readonly needs: readonly (keyof Secrets)[];
  /** Null where the tokens it needs are absent: then it is not used. Throws an invalid HypercareError for wrong ones. `host` is its name in the config. */
  create(options: O, secrets: Secrets, log: Logger, host?: string): Channel | null;
}
