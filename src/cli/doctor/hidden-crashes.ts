import { isRunning } from '../../io/pm2-process.js';
import { named, ok, processesOf, warn, type Examination } from './examination.js';

/** PM2 counts restarts since the app was added; so many of one that was started just now are no deploys. */
const MANY = 15;
const YOUNG_MS = 10 * 60_000;

/** Crash loops that PM2 shows as `online`. */
export const hiddenCrashes: Examination = {
  name: 'crashes',
  async examine(machine) {
    const running = processesOf(machine).filter(isRunning);
    if (running.length === 0) return [];
    const looping = running.filter(({ restarts, startedAt }) => restarts >= MANY && machine.now - startedAt < YOUNG_MS);
    if (looping.length === 0) return [ok('no process that PM2 calls online was started again and again')];
    return looping.map(({ name, pmId, restarts, startedAt }) =>
      warn(`${name} (${pmId}) is “online”, and was started ${restarts} times, the last ${Math.max(0, Math.round((machine.now - startedAt) / 1_000))} s ago`, `Read why it ends: pm2 logs ${named([name])} --err --lines 50; “hypercare why” tells it once it is watched.`));
  },
};
