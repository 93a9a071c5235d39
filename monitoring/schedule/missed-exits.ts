import { ENDED_WITH_ENTRY } from '../../src/domain/act.js';
import type { HostId, ResourceId } from '../../src/domain/ids.js';
import type { Pm2, Pm2Process } from '../../src/io/pm2.js';
import { exitsBetween, keptEntry } from '../../src/io/pm2-missed.js';
import { actsOn } from '../../src/store/acts.js';
import { insertSignal } from '../../src/store/signals.js';
import type { Store } from '../../src/store/store.js';
import { pm2SignalBody } from '../stages/signals.js';

/** Exits told by the bus that are remembered; then PM2's list is taken anew, and what was told before it no longer matters. */
const MOST_TOLD = 200;

/** What PM2's bus cannot tell: exits while it was lost, found by comparing PM2's list before with that after. */
export interface MissedExits {
  /** The bus told an exit. */
  told(dedupe: string): Promise<void>;
  lost(at: number): void;
  /** The bus is there, or there again. */
  connected(at: number): Promise<void>;
}

interface Missing {
  readonly pm2: Pick<Pm2, 'list'>;
  readonly store: Store;
  readonly hostId: HostId;
  readonly appOf: ReadonlyMap<string, ResourceId>;
}

/** The first list is taken with the first connection: what happened before a monitor began is not its own. */
export function createMissedExits(watch: Missing): MissedExits {
  let before: readonly Pm2Process[] | null = null;
  let told: string[] = [];
  let lostAt: number | null = null;
  const look = async (): Promise<readonly Pm2Process[]> => {
    const now = await watch.pm2.list();
    before = now;
    told = [];
    return now;
  };
  return {
    async told(dedupe) {
      told.push(dedupe);
      if (told.length >= MOST_TOLD) await look();
    },
    lost(at) {
      lostAt ??= at;
    },
    async connected(at) {
      const [was, heard, since] = [before, told, lostAt];
      const now = await look();
      lostAt = null;
      if (was !== null && since !== null) await keepMissed(watch, { was, now, heard, since, at });
    },
  };
}

interface Between {
  readonly was: readonly Pm2Process[];
  readonly now: readonly Pm2Process[];
  readonly heard: readonly string[];
  readonly since: number;
  readonly at: number;
}

/** Exits the bus told have the same key and are dropped; those of an app that we ourselves worked on meanwhile are counted with that work. */
async function keepMissed({ store, hostId, appOf }: Missing, { was, now, heard, since, at }: Between): Promise<void> {
  await store.write(async (tx) => {
    for (const { name, pmId, dedupe } of exitsBetween(was, now, heard)) {
      const resourceId = appOf.get(name);
      if (resourceId === undefined || (await actsOn(tx, resourceId, since - 1)).some(({ by }) => by === 'us')) continue;
      const body = pm2SignalBody({ event: 'exit', manual: isStopped(now, pmId), killed: false, note: keptEntry(was, now, pmId) ? 'ended while PM2’s events could not be heard' : ENDED_WITH_ENTRY, dedupe: `exit:${dedupe}` });
      await insertSignal(tx, hostId, { resourceId, kind: 'pm2', key: `pm2:${hostId}:exit:${dedupe}`, body, at });
    }
  });
}

/** PM2 starts again what ended by itself, or calls it errored; what is stopped was stopped by a person. */
function isStopped(now: readonly Pm2Process[], pmId: number): boolean {
  return now.some((one) => one.pmId === pmId && one.status === 'stopped' && one.autorestart);
}
