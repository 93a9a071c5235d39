import type { Brake } from './brake.js';

/** Two releases fail alike: the machine does not understand what it sees, and does nothing more of its own accord. */
export const afterVainRollback: Brake = {
  name: 'after a rollback in vain',
  stops: ({ facts }) => (facts.rolledBackInVain === true ? { verdict: 'ask', rule: 'after-vain-rollback', why: 'a rollback did not help against this, so the release is not all of the cause', change: 'nothing lets it act alone after that; a person says yes' } : null),
  saw: () => 'none was tried for this',
};
