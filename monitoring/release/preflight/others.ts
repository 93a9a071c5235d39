import type { Exec } from '../../../src/io/exec.js';
import { isWithin } from '../../../src/io/processes.js';
import type { Crossing, PreflightCheck } from './check.js';

const CRONTAB_MS = 3_000;
const NAMED = 5;

/** Workers and cron jobs that run from the same directory: their code moves along, and they themselves do not. */
export const others: PreflightCheck = {
  about: 'others',
  async look(crossing, { exec }, signal) {
    const apps = [...new Set(crossing.listed.filter(({ name, cwd, execPath }) => !crossing.processes.includes(name) && [cwd, execPath].some((path) => isWithin(crossing.base, path))).map(({ name }) => name))];
    const jobs = await cronJobs(crossing, exec, signal);
    const says = [
      ...(apps.length > 0 ? [`${apps.slice(0, NAMED).join(', ')}${apps.length > NAMED ? ` and ${apps.length - NAMED} more` : ''} ${apps.length === 1 ? 'runs' : 'run'} from ${crossing.base} too and ${apps.length === 1 ? 'is' : 'are'} not started anew: name ${apps.length === 1 ? 'it' : 'them'} under pm2 of ${crossing.app}`] : []),
      ...(jobs > 0 ? [`${jobs === 1 ? 'one job' : `${jobs} jobs`} in this user’s crontab ${jobs === 1 ? 'runs' : 'run'} from there, with the older code from then on`] : []),
    ];
    return says.length === 0 ? { light: 'green', says: 'nothing else under PM2 or in this user’s crontab runs from there' } : { light: 'amber', says: says.join('; ') };
  },
};

/** Lines of the crontab that name the directory; 0 where there is no crontab. */
async function cronJobs({ base }: Crossing, exec: Exec, signal: AbortSignal): Promise<number> {
  const table = await exec.run('crontab', ['-l'], { timeoutMs: CRONTAB_MS }, signal).catch(() => null);
  if (table?.code !== 0) return 0;
  return table.stdout.split('\n').filter((line) => !line.trimStart().startsWith('#') && line.includes(base)).length;
}
