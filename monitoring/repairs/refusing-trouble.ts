import { HypercareError } from '../../src/domain/errors.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';

/**
 * Prepares, and makes of a server that does not answer, a dead PM2 or a repository that is not there a reason to refuse,
 * and no fault of ours. What passes by itself may be asked for again.
 */
export async function refusingTrouble(prepare: () => Promise<Prepared | Refusal>): Promise<Prepared | Refusal> {
  try {
    return await prepare();
  } catch (thrown) {
    if (!(thrown instanceof HypercareError)) throw thrown;
    // Whoever tells it ends the sentence.
    const refused = [thrown.message, thrown.mend].filter((part) => part !== null).join('. ').replace(/\.$/, '');
    return { refused, ...(thrown.errorClass === 'transient' ? { unchecked: thrown } : {}) };
  }
}
