import { denyMachine, type Brake } from './brake.js';

/** Attempts at one problem in a window that slides: what succeeded as a command does not clear them. */
export const attempts: Brake = {
  name: 'attempts',
  stops(of) {
    const { chosen, facts } = of;
    const most = chosen.rule.maxAttempts;
    if (most === null || facts.attempts.count < most) return null;
    return { verdict: denyMachine(of), rule: 'budget:attempts', why: `${facts.attempts.count} attempts at this problem in 24 h, and the rule “${chosen.rule.name}” allows ${most}`, change: 'a person asks for it, or max_attempts of the rule is raised' };
  },
  saw: ({ chosen, facts }) => (chosen.rule.maxAttempts === null ? `${facts.attempts.count}; the rule sets no limit` : `${facts.attempts.count} of ${chosen.rule.maxAttempts} in 24 h`),
};
