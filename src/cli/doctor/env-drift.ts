import { driftNotes } from '../../../monitoring/repairs/env-drift.js';
import { processesOf, warn, type Examination } from './examination.js';

/** What runs with other settings than its ecosystem file says. Names only, never a value. */
export const envDrift: Examination = {
  name: 'settings',
  async examine(machine) {
    const all = processesOf(machine);
    const notes = await Promise.all([...new Set(all.map(({ name }) => name))].map((name) => driftNotes(name, all.filter((one) => one.name === name))));
    return notes.flat().map((note) => {
      const [says = note, fix] = note.split(/: (?=pm2 restart )/);
      return warn(says, fix ?? 'Start it anew with its ecosystem file.');
    });
  },
};
