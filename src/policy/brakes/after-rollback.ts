import type { Brake } from './brake.js';

export const afterRollback: Brake = {
  name: 'after a rollback',
  stops({ plan, facts }) {
    if (!plan.rollsBack || facts.mayRollBackAlone) return null;
    return { verdict: 'ask', rule: 'after-rollback', why: `${facts.whyNotAlone ?? 'a rollback came before it'}: it is not rolled back by itself again`, change: 'a new release goes live, or a person begins a launch' };
  },
  saw: ({ plan }) => (plan.rollsBack ? 'no rollback stands behind what runs' : 'it is no rollback'),
};
