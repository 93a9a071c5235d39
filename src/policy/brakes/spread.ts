import type { MaxTargets } from '../policy.js';
import type { Brake } from './brake.js';

/** Many apps repaired within an hour have one cause somewhere else, mostly. */
export const spread: Brake = {
  name: 'how many apps at once',
  stops({ chosen: { rule }, facts: { spread: seen } }) {
    if (rule.maxTargets === null) return null;
    const most = mostTargets(rule.maxTargets, seen.watched);
    if (seen.others + 1 <= most) return null;
    return { verdict: 'ask', rule: 'spread', why: `it would be app ${seen.others + 1} within an hour, and the rule “${rule.name}” allows ${most} of ${seen.watched}`, change: 'the hour passes, or max_targets of the rule is raised' };
  },
  saw: ({ chosen: { rule }, facts: { spread: seen } }) => (rule.maxTargets === null ? 'the rule sets no limit' : `${seen.others + 1} of ${mostTargets(rule.maxTargets, seen.watched)} within an hour`),
};

/** A share is rounded down, but one app may always be mended. */
function mostTargets(max: MaxTargets, watched: number): number {
  return 'count' in max ? max.count : Math.max(1, Math.floor(max.share * watched));
}
