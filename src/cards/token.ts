/** What a pressed button asks for, and of what; it fits Telegram's 64 bytes. */
export interface Pressed {
  readonly asks: 'yes' | 'no' | 'details';
  /** A question's id, or an incident's for 'details'. */
  readonly id: string;
}

const LETTER = { yes: 'y', no: 'n', details: 'd' } as const;

export function drawToken(pressed: Pressed): string {
  return `${LETTER[pressed.asks]}:${pressed.id}`;
}

/** Null for a token that is none of ours: it comes from outside. */
export function readToken(token: string): Pressed | null {
  const found = /^([ynd]):([0-9a-z]{1,40})$/.exec(token);
  if (!found) return null;
  const asks = ({ y: 'yes', n: 'no', d: 'details' } as const)[found[1] as 'y' | 'n' | 'd'];
  return { asks, id: found[2] as string };
}
