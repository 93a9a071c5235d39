/**
 * Why nothing was done: what an open incident waits for. dependency: something it uses is bad, or was not measured
 * since · release: which release runs is looked at first · preparing, confirming, deciding: its plan is on its way ·
 * question: people were asked · lane: something else is at work on the app · hold: somebody or something holds it · cooldown: it is tried again in a moment ·
 * running, undoing, settling, proof: a repair is at work, or is being judged · no_data: it cannot be judged · people: the
 * machine has stopped.
 */
export const WAIT_KINDS = ['dependency', 'release', 'preparing', 'deciding', 'question', 'confirming', 'lane', 'hold', 'cooldown', 'running', 'undoing', 'settling', 'proof', 'no_data', 'people'] as const;
export type WaitKind = (typeof WAIT_KINDS)[number];

/** What an incident waits for now; its text stays the same as long as the reason does. */
export interface Wait {
  readonly kind: WaitKind;
  readonly text: string;
}

/** One part of an incident's story: something decided or done (`record`), or a time of waiting. */
export interface Span {
  readonly kind: 'record' | WaitKind;
  readonly text: string;
  /** Of a record: the rule, the measurement or the person it rests on. */
  readonly why: string | null;
  readonly fromAt: number;
  /** Null while it still holds. */
  readonly toAt: number | null;
  /** How often this reason came, from `fromAt` to `toAt`. */
  readonly times: number;
  /** The entry of the audit trail it stands in, of a record. */
  readonly auditSeq: number | null;
}
