import type { HostId, ResourceId } from '../../src/domain/ids.js';
import { PM2_DEAD } from '../../src/domain/incident.js';
import type { Clock } from '../../src/io/clock.js';
import type { Pm2, Pm2Event } from '../../src/io/pm2.js';
import { deadPm2 } from '../../src/io/pm2-resurrect.js';
import { confirmFast } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { hostByName, pm2Lost } from '../../src/store/hosts.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { listResources } from '../../src/store/resources.js';
import { insertSignal } from '../../src/store/signals.js';
import type { Store } from '../../src/store/store.js';
import { pm2SignalBody } from '../stages/signals.js';
import { createMissedExits, type MissedExits } from './missed-exits.js';

export interface Pm2Watch {
  readonly pm2: Pm2;
  readonly store: Store;
  readonly host: { readonly id: HostId; readonly name: string };
  readonly clock: Clock;
  /** The app a PM2 process belongs to. */
  readonly appOf: ReadonlyMap<string, ResourceId>;
  readonly poke: () => void;
}

/** So long the host is looked at quickly after its PM2 went or came. */
const LOOK_FOR_MS = 30_000;
/** Most notes of one crash that are kept, in characters. */
const NOTE = 300;

/** PM2's bus as signals: the edges that a slow cadence would miss. Returns how to stop. */
export async function watchPm2(watch: Pm2Watch): Promise<() => void> {
  let writing: Promise<void> = Promise.resolve();
  const missed = createMissedExits({ ...watch, hostId: watch.host.id });
  return watch.pm2.subscribe((event) => {
    // One after the other, in the order they came; a failed write is logged by the next reading's truth.
    writing = writing.then(() => take(watch, missed, event)).catch(() => undefined);
  });
}

async function take(watch: Pm2Watch, missed: MissedExits, event: Pm2Event): Promise<void> {
  if (!('name' in event)) {
    await daemon(watch, event.kind);
    if (event.kind === 'lost') return missed.lost(event.at);
    await missed.connected(event.at);
    return watch.poke();
  }
  const resourceId = watch.appOf.get(event.name);
  if (resourceId === undefined || event.kind === 'online') return;
  const body = pm2SignalBody({ event: event.kind, manual: event.kind === 'exit' && event.manual, killed: event.kind === 'exit' && event.signal === 'SIGKILL', note: noteOf(event), dedupe: `${event.kind}:${event.dedupe}` });
  await watch.store.write((tx) => insertSignal(tx, watch.host.id, { resourceId, kind: 'pm2', key: `pm2:${watch.host.id}:${event.kind}:${event.dedupe}`, body, at: event.at }));
  watch.poke();
  if (event.kind === 'exit') await missed.told(event.dedupe);
}

function noteOf(event: Extract<Pm2Event, { readonly kind: 'exit' | 'overlimit' | 'exception' }>): string | null {
  if (event.kind === 'exception') return event.text.slice(0, NOTE);
  if (event.kind === 'overlimit') return 'PM2 gave up restarting it';
  if (event.overMemory) return 'restarted by PM2 for its memory';
  return event.signal ? `ended by ${event.signal}` : event.code === null ? 'ended' : `exited with code ${event.code}`;
}

/**
 * PM2's daemon is gone or back: told once, however often the connection breaks. That it died is an incident of the host,
 * whose check is made at once; what is left is one that was ended, or that does not answer.
 */
async function daemon(watch: Pm2Watch, kind: 'connected' | 'lost'): Promise<void> {
  if (kind === 'lost' && (await watch.pm2.alive())) return; // Only our connection broke.
  const lostBefore = (await hostByName(watch.store.db, watch.host.name))?.pm2_lost_at ?? null;
  if ((kind === 'lost') === (lostBefore !== null)) return;
  const now = watch.clock.now();
  const crashed = kind === 'lost' && (await deadPm2(watch.pm2.home).crashed());
  await watch.store.write(async (tx) => {
    await pm2Lost(tx, watch.host.id, kind === 'lost' ? now : null);
    const machine = (await listResources(tx, watch.host.id)).find((resource) => resource.kind === 'host');
    if (machine) await confirmFast(tx, machine.id, now, now + LOOK_FOR_MS);
    const toldByIncident = crashed || (machine && (await openIncidentOf(tx, machine.id))?.kind === PM2_DEAD);
    if (!toldByIncident) await tell(tx, watch.host.id, { kind: kind === 'lost' ? 'monitor.pm2_lost' : 'monitor.pm2_back' }, now);
  });
  watch.poke();
}
