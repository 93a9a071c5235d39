import { sayDuration } from '../../../src/domain/duration.js';
import type { PreflightCheck } from './check.js';

/** What PM2 calls a process that may answer. */
const UP: ReadonlySet<string> = new Set(['online', 'launching']);

/** As long as earlier restarts of this app took until it answered again: readings lie apart, so it is at most that long. */
export const downtime: PreflightCheck = {
  about: 'downtime',
  async look({ away, past, processes, listed, installs, mode }) {
    if (!listed.some(({ name, status }) => processes.includes(name) && UP.has(status))) return { light: 'green', says: 'none more than now: no process of it is up' };
    const npm = installs && mode === 'in-place' ? '; what needs a package fails while npm ci runs before that, and how long is not known' : '';
    if (away.length === 0) return npm === '' ? { light: 'green', says: 'none expected, workers are replaced one by one' } : { light: 'amber', says: `none for the workers, which are replaced one by one${npm}` };
    const measured = past?.answeredAfter ?? [];
    const names = away.join(' and ');
    if (measured.length === 0) return { light: 'amber', says: `as long as ${names} ${away.length === 1 ? 'takes' : 'take'} to start; not measured yet${npm}` };
    const times = measured.map(({ ms }) => ms);
    const [least, most] = [Math.min(...times), Math.max(...times)];
    const range = least === most ? sayDuration(most) : `${sayDuration(least)} to ${sayDuration(most)}`;
    return { light: 'amber', says: `at most ${sayDuration(most)} expected; after ${measured.length === 1 ? 'the last restart' : `the last ${measured.length} restarts`} it answered again within ${range}${npm}` };
  },
};
