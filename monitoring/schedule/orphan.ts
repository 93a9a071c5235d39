import type { Pm2 } from '../../src/io/pm2.js';

/** Our name in PM2, as ecosystem.config.js gives it. */
const OWN_NAME = 'hypercare-monitor';

/**
 * True when PM2 lists a running monitor that is not this process: after a resurrect the one PM2 knows takes over, and
 * the one it does not know ends. A monitor run by hand beside PM2's gives way in the same manner.
 */
export async function isOrphaned(pm2: Pm2, ownPid = process.pid): Promise<boolean> {
  const listed = await pm2.list().catch(() => []);
  const monitors = listed.filter((one) => one.name === OWN_NAME);
  return monitors.some((one) => one.status === 'online') && monitors.every((one) => one.pid !== ownPid);
}
