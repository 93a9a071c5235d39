/**
 * Whether a channel can be spoken in (`speaks`) or is heard (`hears`), as the bot saw it last. A part that was never
 * tried has none.
 */
export interface ChannelState {
  /** 'slack:C0123', or the bare kind where it could not even be made. */
  readonly name: string;
  readonly part: 'speaks' | 'hears';
  /** Since when it is so. */
  readonly since: number;
  /** Null: it works. */
  readonly trouble: { readonly why: string; readonly mend: string | null } | null;
}
