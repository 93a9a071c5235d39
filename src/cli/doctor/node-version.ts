import { ok, processesOf, warn, type Examination } from './examination.js';

/** Ends of life by major version, from https://github.com/nodejs/Release (schedule.json). */
const ENDS: Readonly<Record<number, string>> = { 18: '2025-04-30', 20: '2026-04-30', 22: '2027-04-30', 24: '2028-04-30' };

/** The Node.js that hypercare and the apps run on. */
export const nodeVersion: Examination = {
  name: 'Node.js',
  async examine(machine) {
    const versions = new Map([[process.versions.node, ['hypercare']]]);
    for (const { name, nodeVersion: version } of processesOf(machine)) if (version !== null) versions.set(version, [...(versions.get(version) ?? []), name]);
    return [...versions].map(([version, users]) => {
      const end = ENDS[Number(version.split('.')[0])];
      const who = [...new Set(users)].slice(0, 5).join(', ');
      if (end === undefined || machine.now < Date.parse(end)) return ok(`${version} (${who})`);
      return warn(`${version} (${who}) gets no security fixes since ${end}`, 'Move to a version that is kept: https://nodejs.org/en/about/previous-releases');
    });
  },
};
