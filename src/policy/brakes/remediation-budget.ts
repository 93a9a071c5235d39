import { denyMachine, type Brake } from './brake.js';

/** So many remediations of ours in an hour, of one target and of all: it ends a storm that no other brake saw coming. */
export const remediationBudget: Brake = {
  name: 'remediations in an hour',
  stops(of) {
    const { policy, facts } = of;
    const { remediationsTargetHour: here, remediationsHour: all } = facts.counts;
    const used =
      here >= policy.remediationsPerTargetHour ? { says: `${here} remediations of it in 1 h, the limit is ${policy.remediationsPerTargetHour}`, key: 'remediations.per_target_1h' }
      : all >= policy.remediationsPerHour ? { says: `${all} remediations in 1 h, the limit is ${policy.remediationsPerHour}`, key: 'remediations.per_1h' }
      : null;
    if (used === null) return null;
    return { verdict: denyMachine(of), rule: 'budget:remediations', why: `the budget of an hour is used up (${used.says})`, change: `the hour passes, a person asks for it, or policy.${used.key} is raised` };
  },
  saw: ({ policy, facts: { counts } }) => `${counts.remediationsTargetHour} of ${policy.remediationsPerTargetHour} for it, ${counts.remediationsHour} of ${policy.remediationsPerHour} in all`,
};
