import { releasesBase } from '../releases-base.js';
import { processesOf, warn, type Examination } from './examination.js';

/** PM2 keeps the directory an app was started with: one started inside a release never leaves it. */
export const linkedReleases: Examination = {
  name: 'releases',
  async examine(machine) {
    const fixed = [...new Map(processesOf(machine).map(({ name, cwd }) => [name, cwd]))].filter(([, cwd]) => cwd.split('/').includes('releases'));
    const bases = await Promise.all(fixed.map(([, cwd]) => releasesBase(cwd)));
    return fixed.filter((_, index) => bases[index] !== null).map(([name, cwd]) => warn(
      `PM2 starts ${name} in ${cwd}, and not through the link “current”: a reload after a deploy runs the same release again`,
      `Set its cwd to the link in the ecosystem file, then: pm2 delete ${name}, pm2 start with that file, pm2 save`,
    ));
  },
};
