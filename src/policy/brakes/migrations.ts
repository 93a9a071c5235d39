import type { Brake } from './brake.js';

/** Older code on a newer schema is how rollbacks make things worse. */
export const migrations: Brake = {
  name: 'migrations',
  stops({ plan }) {
    if (!plan.rollsBack || plan.migrations === 0) return null;
    const why = plan.migrations === null
      ? 'whether migrations lie between the two releases cannot be told'
      : `${plan.migrations === 1 ? '1 migration lies' : `${plan.migrations} migrations lie`} between the two releases, and the older code may not stand the newer schema`;
    return { verdict: 'ask', rule: 'risk:migrations', why, change: 'nothing lets it act alone over migrations; a person says yes' };
  },
  saw: ({ plan }) => (plan.rollsBack ? 'none lie between the two releases' : 'it is no rollback'),
};
