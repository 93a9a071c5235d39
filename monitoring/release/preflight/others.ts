import type { Exec } from '../../../src/io/exec.js';
import { isWithin } from '../../../src/io/processes.js';
import type { Crossing, PreflightCheck } from './check.js';

type Place = Pick<Crossing, 'app' | 'base' | 'processes' | 'listed'>;

const CRONTAB_MS = 3_000;
const NAMED = 5;

/** Workers and cron jobs that run from the same directory: their code moves along, and they themselves do not. */
export const others: PreflightCheck = {
  about: 'others',
  async look(crossing, { exec }, signal) {
    const says = await sayOthers(crossing, exec, signal);
    return says === null ? { light: 'green', says: 'nothing else under PM2 or in this user’s crontab runs from there' } : { light: 'amber', says };
  },
};

/** What else runs from there, in a line; null: nothing that can be seen. */
export async function sayOthers({ app, base, processes, listed }: Place, exec: Exec, signal: AbortSignal): Promise<string | null> {
  const apps = otherApps({ base, processes, listed });
  const jobs = await cronJobs(base, exec, signal);
  const says = [
    ...(apps.length > 0 ? [`${sayNames(apps)} ${apps.length === 1 ? 'runs' : 'run'} from ${base} too and ${apps.length === 1 ? 'is' : 'are'} not started anew: name ${apps.length === 1 ? 'it' : 'them'} under pm2 of ${app}`] : []),
    ...(jobs > 0 ? [`${jobs === 1 ? 'one job' : `${jobs} jobs`} in this user’s crontab ${jobs === 1 ? 'runs' : 'run'} from there, with the other code from then on`] : []),
  ];
  return says.length === 0 ? null : says.join('; ');
}

/** Names of processes that PM2 starts from there and that are none of the app's. */
export function otherApps({ base, processes, listed }: Pick<Place, 'base' | 'processes' | 'listed'>): readonly string[] {
  return [...new Set(listed.filter(({ name, cwd, execPath }) => !processes.includes(name) && [cwd, execPath].some((path) => isWithin(base, path))).map(({ name }) => name))];
}

export function sayNames(names: readonly string[]): string {
  return `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;
}

/** Lines of the crontab that name the directory; 0 where there is no crontab. */
async function cronJobs(base: string, exec: Exec, signal: AbortSignal): Promise<number> {
  const table = await exec.run('crontab', ['-l'], { timeoutMs: CRONTAB_MS }, signal).catch(() => null);
  if (table?.code !== 0) return 0;
  return table.stdout.split('\n').filter((line) => !line.trimStart().startsWith('#') && line.includes(base)).length;
}
