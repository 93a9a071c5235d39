import { entryFits } from '../list-entry.js';
import type { Brake } from './brake.js';

/** Where there is one, nothing else is done. A condition that cannot be told does not allow. */
export const allowList: Brake = {
  name: 'allow list',
  stops({ plan, policy, facts }) {
    if (policy.allow === null || policy.allow.some((entry) => entryFits(entry, plan, facts) === true)) return null;
    return { verdict: 'deny', rule: 'allow', why: `the allow list does not name ${plan.repair} on ${plan.targetName}`, change: `policy.allow gets { repair: ${plan.repair}, target: ${plan.targetName} }` };
  },
  saw: ({ policy }) => (policy.allow === null ? 'there is none' : 'it names this'),
};
