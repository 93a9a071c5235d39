import type { Brake } from './brake.js';

export const rollbackBudget: Brake = {
  name: 'rollbacks in a day',
  stops({ plan, policy, facts }) {
    const done = facts.counts.rollbacks24h;
    if (!plan.rollsBack || done < policy.rollbacksPer24h) return null;
    return { verdict: 'ask', rule: 'budget:rollbacks', why: `${done === 1 ? 'a rollback of it was' : `${done} rollbacks of it were`} begun in 24 h already, by itself or by hand`, change: 'the day passes, or policy.rollbacks_per_24h is raised' };
  },
  saw: ({ plan, policy, facts }) => (plan.rollsBack ? `${facts.counts.rollbacks24h} of ${policy.rollbacksPer24h} in 24 h` : 'it is no rollback'),
};
