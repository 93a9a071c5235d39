import { entryFits } from '../list-entry.js';
import type { Brake } from './brake.js';

/** Always wins, over every rule and every person. A condition that cannot be told denies. */
export const denyList: Brake = {
  name: 'deny list',
  stops({ plan, policy, facts }) {
    const at = policy.deny.findIndex((entry) => entryFits(entry, plan, facts) !== false);
    const entry = policy.deny[at];
    if (!entry) return null;
    const unsure = entryFits(entry, plan, facts) === null ? `, and whether “${entry.when?.text}” holds cannot be told` : '';
    return { verdict: 'deny', rule: `deny[${at}]`, why: `the deny list names ${entry.repair} on ${entry.target}${unsure}`, change: `policy.deny[${at}] is taken out` };
  },
  saw: ({ policy }) => (policy.deny.length === 0 ? 'it is empty' : 'it does not name this'),
};
