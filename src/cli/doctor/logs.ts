import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { logSize } from '../../../monitoring/probes/log-size.js';
import { sayBytes } from '../../domain/bytes.js';
import { ok, warn, type Examination } from './examination.js';

const LARGE_BYTES = 1_073_741_824;
const WITHIN_MS = 5_000;

/** Whether PM2's logs are kept small by somebody. */
export const logs: Examination = {
  name: 'logs',
  async examine({ pm2Home, root }) {
    const bytes = await logSize([join(pm2Home, 'logs')], AbortSignal.timeout(WITHIN_MS));
    const size = `PM2's logs take up ${sayBytes(bytes)}`;
    const rotated = (await stat(join(pm2Home, 'modules', 'pm2-logrotate')).catch(() => null)) !== null || (await readdir(join(root, 'etc', 'logrotate.d')).catch(() => [])).some((name) => name.includes('pm2'));
    if (rotated) return [ok(`${size}, and are rotated`)];
    return [warn(`${size}, and nothing rotates them`, bytes < LARGE_BYTES ? 'pm2 install pm2-logrotate, before the disk is full' : 'pm2 install pm2-logrotate; “pm2 flush” empties them now, and what they say is gone then')];
  },
};
