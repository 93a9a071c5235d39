import { stat } from 'node:fs/promises';
import { fail, named, ok, warn, type Examination, type Machine } from './examination.js';

/** Whether PM2 answers, whose it is, and what of it is down. */
export const pm2Daemon: Examination = {
  name: 'PM2',
  async examine(machine) {
    const { pm2 } = machine;
    if ('silent' in pm2) return [fail(pm2.silent, 'Start your apps with pm2; where another user runs them, set PM2_HOME or pm2_home in hypercare.yaml.')];
    const all = pm2.processes.length + pm2.own;
    const down = pm2.processes.filter(({ status }) => status === 'errored' || status === 'waiting restart');
    return [
      ok(`runs ${all} ${all === 1 ? 'process' : 'processes'}${pm2.own > 0 ? `, ${pm2.own} of them hypercare's own,` : ''} in ${machine.pm2Home}`),
      ...(down.length > 0 ? [fail(`${named(down.map(({ name }) => name))}: PM2 gave up, or is about to start it anew`, 'Read why: pm2 logs <name> --err --lines 50')] : []),
      ...(await foreignHome(machine)),
    ];
  },
};

async function foreignHome({ pm2Home, user }: Machine) {
  const owner = (await stat(pm2Home).catch(() => null))?.uid ?? null;
  if (owner === null || owner === process.getuid?.() || process.getuid?.() === 0) return [];
  return [warn(`${pm2Home} belongs to another user than ${user}`, 'Run hypercare as the user that runs PM2: it can neither signal nor reload the processes of another.')];
}
