import type { Brake } from './brake.js';

export const holds: Brake = {
  name: 'holds',
  stops({ facts }) {
    const hold = facts.holds[0];
    return hold ? { verdict: 'deny', rule: `hold:${hold.kind}`, why: `${hold.author} holds it: ${hold.reason}`, change: `the ${hold.kind} ends, or somebody lifts it` } : null;
  },
  saw: () => 'none is in force',
};
