import { HypercareError } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Slack } from './client.js';
import { refusal, slackFailure } from './failure.js';

export interface Groups {
  readonly slack: Slack;
  readonly clock: Clock;
}

/** Whoever left a group, or came into it, is seen after this long. */
const REMEMBERED_MS = 60_000;
const MAX_GROUPS = 50;

/**
 * Who is in a user group, as Slack says now or said a minute ago. What cannot be found out is thrown, and so nobody's
 * right: neither what was known longer ago nor an empty group stands in for the answer.
 */
export function createGroups({ slack, clock }: Groups): (userId: string, groupId: string) => Promise<boolean> {
  const known = new Map<string, { readonly members: readonly string[]; readonly until: number }>();
  return async (userId, groupId) => {
    const before = known.get(groupId);
    if (before !== undefined && before.until > clock.monotonic()) return before.members.includes(userId);
    known.delete(groupId);
    const members = await ask(slack, groupId);
    if (known.size < MAX_GROUPS) known.set(groupId, { members, until: clock.monotonic() + REMEMBERED_MS });
    return members.includes(userId);
  };
}

async function ask({ ask: client }: Slack, groupId: string): Promise<readonly string[]> {
  try {
    return (await client.usergroups.users.list({ usergroup: groupId })).users ?? [];
  } catch (thrown) {
    throw new HypercareError('denied.group', 'denied', `it could not be found out whether you are in the user group ${groupId}, so nothing was done`, sayMend(thrown, groupId), { cause: thrown });
  }
}

function sayMend(thrown: unknown, groupId: string): string {
  const why = refusal(thrown);
  if (why === 'no_such_subteam') return `Slack knows no such group: correct ${groupId} under “people” in hypercare.yaml.`;
  const failure = slackFailure(thrown, 'ask who is in a user group');
  return failure instanceof HypercareError && failure.errorClass !== 'transient' && failure.mend !== null ? failure.mend : 'Try again in a minute, or have your own account added under “people” in hypercare.yaml.';
}
