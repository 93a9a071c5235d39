import type { Brake } from './brake.js';

export const destructive: Brake = {
  name: 'what it risks',
  stops: ({ plan }) => (plan.risk === 'destructive' ? { verdict: 'ask', rule: 'risk:destructive', why: 'what it does cannot be taken back', change: 'nothing lets it act alone: what destroys is always asked' } : null),
  saw: ({ plan }) => `it is ${plan.risk}`,
};
