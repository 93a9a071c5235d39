import type { PlanInQuestion } from '../policy.js';
import type { Brake } from './brake.js';

/** What the pre-flight calls them. */
const ABOUT = 'migrations';

/** Older code on a newer schema is how rollbacks make things worse; what surely only adds is not looked at by older code. */
export const migrations: Brake = {
  name: 'migrations',
  stops({ plan }) {
    if (!plan.rollsBack || !speakAgainst(plan)) return null;
    const why = plan.migrations === null
      ? 'whether migrations lie between the two releases cannot be told'
      : `${count(plan.migrations)} between the two releases, and the older code may not stand the newer schema`;
    return { verdict: 'ask', rule: 'risk:migrations', why, change: 'nothing lets it act alone over migrations that do more than add; a person says yes' };
  },
  saw({ plan }) {
    if (!plan.rollsBack) return 'it is no rollback';
    return plan.migrations === 0 || plan.migrations === null ? 'none lie between the two releases' : `${count(plan.migrations)} between the two releases, and only add`;
  },
};

/** Without a pre-flight's word on them each counts. */
function speakAgainst({ migrations: between, red }: PlanInQuestion): boolean {
  return between === null || (between > 0 && (red === undefined || red.includes(ABOUT)));
}

function count(between: number): string {
  return between === 1 ? '1 migration lies' : `${between} migrations lie`;
}
