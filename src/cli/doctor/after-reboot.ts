import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { named, ok, processesOf, warn, type Examination, type Machine, type Remark } from './examination.js';

const UNITS = ['etc/systemd/system', 'etc/systemd/system/multi-user.target.wants', 'etc/init.d', 'etc/rc.d'];

/** What comes back by itself when the machine starts anew. */
export const afterReboot: Examination = {
  name: 'after a reboot',
  async examine(machine) {
    const started = (await Promise.all(UNITS.map((dir) => readdir(join(machine.root, dir)).catch(() => [])))).flat().some((name) => /^pm2[-.@_]/.test(name));
    const unit = started ? ok('PM2 is started with the machine') : warn('nothing starts PM2 with the machine: after a reboot no app runs', 'Run “pm2 startup”, then the command it prints, then “pm2 save”.');
    return [unit, ...(await savedList(machine))];
  },
};

async function savedList(machine: Machine): Promise<readonly Remark[]> {
  const running = processesOf(machine).map(({ name }) => name);
  if (running.length === 0) return [];
  const saved = names(await readFile(join(machine.pm2Home, 'dump.pm2'), 'utf8').catch(() => '[]'));
  const missing = running.filter((name) => !saved.has(name));
  return missing.length === 0 ? [ok('what PM2 runs is saved')] : [warn(`PM2 would not bring back ${named(missing)}: it is not in its saved list`, 'pm2 save')];
}

function names(text: string): ReadonlySet<unknown> {
  try {
    const list = JSON.parse(text) as readonly { readonly name?: unknown }[];
    return new Set(Array.isArray(list) ? list.map(({ name }) => name) : []);
  } catch {
    return new Set();
  }
}
