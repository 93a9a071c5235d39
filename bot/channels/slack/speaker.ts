import { errorText } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import type { Slack } from './client.js';
import { refusal } from './failure.js';
import type { Heard } from './heard.js';

/** Who speaks: a full member of our workspace with a name for display, or the reason why not, said to that person. */
export type Speaker = { readonly name: string } | { readonly refused: string };

export interface Speakers {
  readonly slack: Slack;
  /** Our workspace. */
  readonly teamId: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A guest made a member, or the other way round, is seen after this long. */
const REMEMBERED_MS = 300_000;
const MAX_REMEMBERED = 500;

const STRANGER = 'You cannot talk to hypercare: it listens to the members of its own workspace.';
const GUEST = 'You cannot talk to hypercare as a guest. Ask a full member of the workspace.';
const BOT = 'A bot or a deactivated account cannot talk to hypercare.';

/**
 * Asks Slack who a user id is. What it cannot find out is a refusal: whoever may sit in the channel, a shared channel
 * or a guest's invitation must not become the right to repair. Which member may do what is not decided here.
 */
export function createSpeakers({ slack, teamId, clock, log }: Speakers): (heard: Heard) => Promise<Speaker> {
  const known = new Map<string, { readonly speaker: Speaker; readonly until: number }>();

  return async ({ userId, teamId: saidTeam }) => {
    if (saidTeam !== null && saidTeam !== teamId) return { refused: STRANGER };
    const before = known.get(userId);
    if (before !== undefined && before.until > clock.monotonic()) return before.speaker;
    try {
      const speaker = judge((await slack.ask.users.info({ user: userId })).user as User | undefined, teamId, userId);
      remember(userId, speaker);
      return speaker;
    } catch (thrown) {
      log.warn({ userId, why: errorText(thrown) }, 'slack: could not find out who speaks');
      return { refused: sayWhy(refusal(thrown)) };
    }
  };

  function remember(userId: string, speaker: Speaker): void {
    const [oldest] = known.keys();
    if (known.size >= MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
    known.delete(userId);
    known.set(userId, { speaker, until: clock.monotonic() + REMEMBERED_MS });
  }
}

interface User {
  readonly team_id?: string;
  readonly name?: string;
  readonly real_name?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly enterprise_user?: { readonly teams?: readonly string[] };
  readonly profile?: { readonly display_name?: string };
}

function judge(user: User | undefined, teamId: string, userId: string): Speaker {
  if (user === undefined || user.is_bot === true || user.deleted === true) return { refused: BOT };
  if (user.is_restricted === true || user.is_ultra_restricted === true) return { refused: GUEST };
  // In an Enterprise Grid a person's `team_id` may be a sister workspace; `teams` lists all that person belongs to.
  const isOurs = user.team_id === teamId || user.enterprise_user?.teams?.includes(teamId) === true;
  if (user.is_stranger === true || !isOurs) return { refused: STRANGER };
  return { name: user.profile?.display_name || user.real_name || user.name || userId };
}

function sayWhy(why: string | null): string {
  if (why === 'missing_scope') return 'hypercare cannot look up who you are: the Slack app lacks the scope users:read. Nothing was done.';
  if (why === 'user_not_found') return STRANGER;
  return 'hypercare could not look up who you are. Nothing was done: try again in a minute.';
}
