/** What the page is told of the two chats, and what it may ask for. */
import * as z from 'zod';

export interface SlackText {
  readonly type: string;
  readonly text: string;
}

export interface SlackButton {
  readonly text: SlackText;
  readonly style?: string;
  readonly confirm?: { readonly title?: SlackText; readonly text?: SlackText; readonly confirm?: SlackText; readonly deny?: SlackText };
}

export interface SlackBlock {
  readonly type: string;
  readonly text?: SlackText;
  readonly fields?: readonly SlackText[];
  readonly elements?: readonly unknown[];
}

export interface SlackMessage {
  readonly ts: string;
  readonly threadTs: string | null;
  readonly broadcast: boolean;
  /** Null: everybody sees it. */
  readonly onlyFor: string | null;
  readonly edited: boolean;
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly attachments: readonly { readonly color?: string; readonly blocks?: readonly SlackBlock[] }[];
}

export interface TelegramMessage {
  readonly id: number;
  /** Who said it; null: the bot. */
  readonly by: string | null;
  readonly replyTo: number | null;
  readonly silent: boolean;
  readonly edited: boolean;
  readonly text: string;
  readonly entities: readonly { readonly type: string; readonly offset: number; readonly length: number; readonly url?: string }[];
  readonly keyboard: readonly (readonly { readonly text: string; readonly data: string }[])[];
}

export interface PersonShown {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export interface Shown {
  readonly slack: { readonly people: readonly PersonShown[]; readonly messages: readonly SlackMessage[] };
  readonly telegram: { readonly people: readonly PersonShown[]; readonly messages: readonly TelegramMessage[] };
  readonly faults: readonly string[];
  /** What is being done to the shop, in words; null: nothing. */
  readonly doing: string | null;
}

const text = z.string().min(1).max(1_000);

export const WISH = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('slack-press'), who: text, ts: text, label: text }),
  z.object({ kind: z.literal('slack-say'), who: text, text }),
  z.object({ kind: z.literal('telegram-press'), who: text, message: z.number().int(), data: text }),
  z.object({ kind: z.literal('telegram-say'), who: text, text }),
  z.object({ kind: z.literal('break'), fault: text }),
]);
export type Wish = z.infer<typeof WISH>;

/** What the person who did it sees at once. */
export interface Answer {
  readonly as: 'nothing' | 'toast' | 'alert' | 'error';
  readonly text: string;
}
