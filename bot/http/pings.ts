import { setTimeout as sleep } from 'node:timers/promises';
import { errorText } from '../../src/domain/errors.js';
import { sha256 } from '../../src/io/hash.js';
import { hearPings } from '../../src/store/pings.js';
import { listResources } from '../../src/store/resources.js';
import type { ApiParts } from './api-parts.js';
import type { Shared } from './shared.js';

const BEAT_MS = 15_000;
/** A ping stands below this path, with its token. */
const PINGED = /^\/ping\/([^/]{1,200})(?:\/|$)/;

/** The jobs of this host, by the hash of the token they are pinged with. */
async function jobsOf({ store, hostId }: Pick<ApiParts, 'store' | 'hostId'>): Promise<ReadonlyMap<string, string>> {
  const jobs = (await listResources(store.db, hostId)).filter(({ kind }) => kind === 'job');
  return new Map(jobs.map(({ name, config }) => [(config as { readonly ping: string }).ping, name]));
}

/** The same, read once a second however many ping. */
export function jobsWithin(parts: Pick<ApiParts, 'store' | 'hostId'>, shared: Shared): Promise<ReadonlyMap<string, string>> {
  return shared('jobs', () => jobsOf(parts));
}

/** What the job of a ping's path is known by; null: it is no ping. Nobody can tell by the time a look takes how a token begins. */
export function pingedBy(path: string): string | null {
  const token = PINGED.exec(path)?.[1];
  return token === undefined ? null : sha256(token);
}

/** Says again and again that pings can be taken, until stopped: one that is missing says nothing of a time when nobody listened. */
export async function keepListening(parts: ApiParts, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const jobs = [...(await jobsOf(parts)).keys()];
      if (jobs.length > 0) await parts.store.write((tx) => hearPings(tx, parts.hostId, jobs, parts.clock.now()));
    } catch (error) {
      parts.log.warn({ error: errorText(error) }, 'could not write that pings can be taken');
    }
    await sleep(BEAT_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}
