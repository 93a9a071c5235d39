import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, warn, type Examination } from './examination.js';

const KEEPERS = ['chronyd', 'ntpd', 'ntpsec', 'openntpd', 'systemd-timesyn'];

/** Whether somebody keeps the clock right: times on cards, expiries and signatures of chats hang on it. */
export const clock: Examination = {
  name: 'clock',
  async examine({ root }) {
    if ((await stat(join(root, 'run', 'systemd', 'timesync', 'synchronized')).catch(() => null)) !== null) return [ok('is kept right by the network')];
    const pids = (await readdir(join(root, 'proc')).catch(() => [])).filter((entry) => /^\d+$/.test(entry));
    const names = await Promise.all(pids.map((pid) => readFile(join(root, 'proc', pid, 'comm'), 'utf8').catch(() => '')));
    const keeper = KEEPERS.find((name) => names.some((running) => running.trim() === name));
    return [keeper ? ok(`is kept right by ${keeper}`) : warn('nothing here keeps it right', 'apt install systemd-timesyncd or chrony; in a container or VM that takes its host’s clock, see that the host’s is kept.')];
  },
};
