import type { PreflightCheck } from './check.js';

const NAMED = 6;

/**
 * Names of environment variables, and never a value: what the target ran with, and what it would run with. PM2 keeps
 * the environment of what runs, so a variable that was taken out since is gone for the older code too.
 */
export const environment: PreflightCheck = {
  about: 'environment',
  async look({ from, to }) {
    const [now, then] = [from.envKeys ?? null, to.envKeys ?? null];
    if (now === null || then === null) return { light: 'amber', says: 'which variables it ran with was not written down, so a missing one is not seen' };
    const gone = then.filter((key) => !now.includes(key));
    const added = now.filter((key) => !then.includes(key));
    const says = [...(gone.length > 0 ? [`it ran with ${named(gone)}, which ${gone.length === 1 ? 'is' : 'are'} not set any more`] : []), ...(added.length > 0 ? [`${named(added)} ${added.length === 1 ? 'is' : 'are'} new since and stay${added.length === 1 ? 's' : ''}`] : [])];
    return { light: gone.length > 0 ? 'amber' : 'green', says: says.length === 0 ? 'the names of its variables are the same; values are not compared' : says.join('; ') };
  },
};

function named(keys: readonly string[]): string {
  return keys.length > NAMED ? `${keys.slice(0, NAMED).join(', ')} and ${keys.length - NAMED} more` : keys.join(', ');
}
