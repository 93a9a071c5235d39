import { expect, it } from 'vitest';
import { needed } from '../../../src/policy/eligible.js';

const FOUR_EYES = { approvers: 2, role: 'approver', requesterMayApprove: false } as const;
const eligible = { operator: 3, approver: 2 };

it.each([
  { rule: 'two approvers are there for two eyes each', askedBy: null, needs: { need: 2, barred: null, note: null } },
  { rule: 'who asked is barred, and one is left', askedBy: { name: 'Ann', role: 'approver' } as const, needs: { need: 1, barred: 'Ann', note: 'the rule wants 2 people, and 1 may approve' } },
  { rule: 'an operator who asked was never one of them', askedBy: { name: 'Opal', role: 'operator' } as const, needs: { need: 2, barred: null, note: null } },
])('$rule', ({ askedBy, needs }) => {
  expect(needed(FOUR_EYES, { askedBy, eligible })).toEqual(needs);
});
