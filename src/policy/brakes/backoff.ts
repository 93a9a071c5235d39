import { sayDuration } from '../../domain/duration.js';
import { backoffMs } from '../backoff.js';
import type { Brake, Case } from './brake.js';

/** Between two attempts the machine waits. A person who asks now has seen more than the clock. */
export const backoff: Brake = {
  name: 'wait between attempts',
  stops(of) {
    const { chosen, facts } = of;
    const until = waitsUntil(of);
    if (until === null || facts.askedBy) return null;
    return {
      verdict: 'deny', rule: 'backoff', why: `the rule “${chosen.rule.name}” waits ${sayDuration(until - facts.now)} more before attempt ${facts.attempts.count + 1}`, notBefore: until,
      change: 'the wait passes: it is tried again by itself then',
    };
  },
  saw: ({ chosen }) => (chosen.rule.backoff === null ? 'the rule sets none' : 'it is over'),
};

function waitsUntil({ chosen, facts }: Case): number | null {
  const { count, lastAt } = facts.attempts;
  if (chosen.rule.backoff === null || lastAt === null) return null;
  const until = lastAt + backoffMs(chosen.rule.backoff, count);
  return until > facts.now ? until : null;
}
