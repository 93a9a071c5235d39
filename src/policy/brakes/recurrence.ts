import type { Brake } from './brake.js';

/** The same repair for the same problem a third time in 24 h: it hides a cause, and a person decides. */
const SAME_AGAIN = 2;

export const recurrence: Brake = {
  name: 'recurrence',
  stops({ facts: { sameBefore, cameBack } }) {
    const why =
      sameBefore >= SAME_AGAIN ? `the same repair ran ${times(sameBefore)} for this problem in 24 h: something else is the cause`
      : cameBack >= SAME_AGAIN ? `a repair helped ${times(cameBack)} in 24 h, and the problem came back: something else is the cause`
      : null;
    return why === null ? null : { verdict: 'ask', rule: 'recurrence', why, change: 'the cause is mended; after 24 h it counts no more' };
  },
  saw: ({ facts: { sameBefore, cameBack } }) => `this repair ran ${times(sameBefore)} for this problem in 24 h, and the problem came back ${times(cameBack)}`,
};

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
