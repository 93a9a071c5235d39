import type { Release } from '../../../src/domain/release.js';
import type { PreflightCheck } from './check.js';

/** The lockfile, and whether packages have to be installed for it. */
export const packages: PreflightCheck = {
  about: 'packages',
  async look({ from, to, installs, mode }) {
    const says = lockfiles(from, to);
    if (!installs) return { light: 'green', says };
    const how = mode === 'in-place' ? 'npm installs in place, and the app lacks packages while it runs' : 'npm installs them beside the live release, and needs its registry';
    return { light: 'amber', says: `${says}; ${how}` };
  },
};

function lockfiles(from: Pick<Release, 'lockHash'>, to: Pick<Release, 'lockHash'>): string {
  if (from.lockHash === null || to.lockHash === null) return from.lockHash === to.lockHash ? 'neither has a lockfile' : 'only one of them has a lockfile';
  return from.lockHash === to.lockHash ? 'the lockfile is equal' : 'the lockfile differs';
}
