import { denyMachine, type Brake } from './brake.js';

/** Counts every cause in sliding windows: ours, PM2's own and people's. */
export const restartBudget: Brake = {
  name: 'restarts',
  stops(of) {
    const { plan, policy, facts } = of;
    if (plan.restarts === 0 || plan.rollsBack) return null;
    const { restarts30m: lately, restarts24h: today } = facts.counts;
    const used =
      lately >= policy.restartsPer30m ? { says: `${restarts(lately)} in 30 min, the limit is ${policy.restartsPer30m}`, key: 'per_30m' }
      : today >= policy.restartsPer24h ? { says: `${restarts(today)} in 24 h, the limit is ${policy.restartsPer24h}`, key: 'per_24h' }
      : null;
    if (used === null) return null;
    return { verdict: denyMachine(of), rule: 'budget:restarts', why: `its restart budget is used up (${used.says})`, change: `some time passes, a person asks for it, or policy.restarts.${used.key} is raised` };
  },
  saw: ({ plan, policy, facts: { counts } }) => (plan.rollsBack ? 'rollbacks have a budget of their own' : plan.restarts === 0 ? 'it restarts nothing' : `${counts.restarts30m} of ${policy.restartsPer30m} in 30 min, ${counts.restarts24h} of ${policy.restartsPer24h} in 24 h`),
};

function restarts(count: number): string {
  return count === 1 ? '1 restart' : `${count} restarts`;
}
