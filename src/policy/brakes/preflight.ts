import type { Brake } from './brake.js';

/** Of migrations there is a brake of their own, which says more. */
const OWN_BRAKE = 'migrations';

/** What the pre-flight calls red is not done by the machine alone. */
export const preflight: Brake = {
  name: 'pre-flight',
  stops({ plan }) {
    const red = (plan.red ?? []).filter((about) => about !== OWN_BRAKE);
    if (!plan.rollsBack || red.length === 0) return null;
    return { verdict: 'ask', rule: 'risk:preflight', why: `the pre-flight is red: ${red.join(', ')}`, change: 'mend what is red, or a person says yes' };
  },
  saw: ({ plan }) => (plan.rollsBack ? 'nothing else in the pre-flight is red' : 'it is no rollback'),
};
