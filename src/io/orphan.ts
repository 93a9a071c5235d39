import type { Logger } from './log.js';
import type { Pm2 } from './pm2.js';

/** How often both processes look whether they were replaced. */
const LOOK_EVERY_MS = 15_000;

export interface Orphan {
  readonly pm2: Pm2;
  /** Our name in PM2, as ecosystem.config.js gives it. */
  readonly name: 'hypercare-monitor' | 'hypercare-bot';
  readonly log: Logger;
  /** Ends this process in order. */
  end(): Promise<void>;
  readonly everyMs?: number;
}

/**
 * PM2's daemon died, we lived to tell, and after a resurrect or `npm start` the new daemon has a process of our name:
 * that one takes over, and this one ends. While there is no other it lives on. Returns how to stop looking.
 */
export function giveWayWhenOrphaned({ pm2, name, log, end, everyMs = LOOK_EVERY_MS }: Orphan): () => void {
  const looking = setInterval(() => void look(), everyMs);
  async function look(): Promise<void> {
    if (!(await isOrphaned(pm2, name))) return;
    clearInterval(looking);
    log.warn({}, `PM2 runs another ${name} now; this orphan of the old daemon ends itself`);
    await end();
  }
  return () => clearInterval(looking);
}

/** True when PM2 lists a running process of that name that is not this one; one run by hand beside PM2's gives way too. */
export async function isOrphaned(pm2: Pick<Pm2, 'list'>, name: string, ownPid = process.pid): Promise<boolean> {
  const listed = await pm2.list().catch(() => []);
  const named = listed.filter((one) => one.name === name);
  return named.some((one) => one.status === 'online') && named.every((one) => one.pid !== ownPid);
}
