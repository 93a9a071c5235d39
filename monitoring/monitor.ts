import type { Config } from '../src/config/config.js';
import { watchList } from '../src/config/watch-list.js';
import { HypercareError, errorText } from '../src/domain/errors.js';
import type { ResourceId } from '../src/domain/ids.js';
import type { Io } from '../src/io/io.js';
import type { Logger } from '../src/io/log.js';
import type { Carrier } from '../src/io/carrier.js';
import { createSelfCheck } from '../src/io/self-check.js';
import { anchorFile } from '../src/store/audit-anchor.js';
import { audit } from '../src/store/audits.js';
import type { Ballast } from '../src/store/ballast.js';
import type { MovedCheck } from '../src/store/check-address.js';
import { syncChecks } from '../src/store/checks.js';
import { tell } from '../src/store/events.js';
import { freezeFile } from '../src/store/freeze-file.js';
import { monitorStopped, takeFence } from '../src/store/hosts.js';
import { syncPeople } from '../src/store/people.js';
import { syncEdges, syncResources } from '../src/store/resources.js';
import { fenced } from '../src/store/fenced.js';
import { seatFile, type Seat } from '../src/store/seat.js';
import { migrate } from '../src/store/migrate.js';
import type { Store } from '../src/store/store.js';
import type { Db } from '../src/store/schema.js';
import { createEffects } from './effects.js';
import { createLoop, type Loop } from './loop.js';
import { createTicker, type Ticker } from './schedule/ticker.js';
import { createReadings } from './readings.js';
import { watchPm2 } from './schedule/pm2-watch.js';
import { settingsOf } from './settings.js';
import { alerts } from './stages/alerts.js';
import { anchor } from './stages/anchor.js';
import { answer } from './stages/answer.js';
import { blindness } from './stages/blindness.js';
import { botWatch } from './stages/bot-watch.js';
import { conclude } from './stages/conclude.js';
import { decide } from './stages/decide.js';
import { detect } from './stages/detect.js';
import { execute } from './stages/execute.js';
import { followUp } from './stages/follow-up.js';
import { rehearsing } from './stages/rehearsing.js';
import { guard } from './stages/guard.js';
import { explain } from './stages/explain.js';
import { readApplied } from './release/migrations/read-applied.js';
import { readPast } from './release/past.js';
import { observe } from './stages/observe.js';
import { pastReleases } from './stages/past-releases.js';
import { tagging } from './stages/tagging.js';
import { notingMigrations } from './stages/noting-migrations.js';
import { plan } from './stages/plan.js';
import { keepReadings } from './stages/keep-readings.js';
import { lookAnew } from './stages/look-anew.js';
import { policyChanged } from './stages/policy-changed.js';
import { remind } from './stages/remind.js';
import { requests } from './stages/requests.js';
import { reserve } from './stages/reserve.js';
import { retire } from './stages/retire.js';
import { score } from './stages/score.js';
import type { StageContext, Units } from './stages/stage.js';
import { trust } from './stages/trust.js';
import { upkeep } from './stages/upkeep.js';
import { verify } from './stages/verify.js';

/** Most effects under way at once: probes, plans, repairs. */
const MOST_EFFECTS = 128;
const STOP_WITHIN_MS = 8_000;
/** Whoever hears nothing of the monitor for 30 s takes it for dead; it says that it lives each 10 s, when it passes. */
const BEAT_MS = 5_000;

export interface MonitorParts {
  readonly config: Config;
  readonly store: Store;
  readonly carrier: Carrier;
  readonly io: Io;
  readonly log: Logger;
  readonly units: Units;
  /** Name of the operating-system user: an approver at the terminal where the config names nobody there. */
  readonly osUser: string;
  readonly ticker?: Ticker;
  /** The seat of the PM2 home, looked at before each write; absent where whoever began this sees to it. */
  readonly seat?: Pick<Seat, 'keeps'>;
  /** Waited for before the tables of a store that is in use are changed. */
  readonly beforeMigration?: (first: string) => Promise<unknown>;
  /** Where the store is a file. */
  readonly ballast?: Ballast;
}

export interface Monitor {
  readonly loop: Loop;
  readonly ctx: StageContext;
  /** Runs until stopped; rejects when the seat was lost. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts the monitor together. The caller holds the seat of the PM2 home. */
export async function createMonitor(parts: MonitorParts): Promise<Monitor> {
  const { config, io, log } = parts;
  await migrate(parts.store, parts.beforeMigration);
  const host = await parts.store.write((tx) => takeFence(tx, config.host, io.clock.now()));
  const store = fenced(parts.store, host.id, host.fence, () => keepsSeat(parts));
  const { apps, moved } = await store.write((tx) => takeOver(tx, parts, host.id));
  let loop: Loop | null = null;
  const poke = () => loop?.poke();
  const pokeSoon = coalesced(poke);
  const effects = createEffects({ most: MOST_EFFECTS, ended: pokeSoon, clock: io.clock, log });
  const settings = settingsOf(config, parts.units.repairs);
  const ctx: StageContext = { store, hostId: host.id, fence: host.fence, clock: io.clock, io, log, settings, units: parts.units, effects, self: createSelfCheck(), readings: createReadings((taken) => keepReadings(ctx, taken)), freezeFile: freezeFile(config) };
  await store.write((tx) => retire(tx, ctx, moved));
  await store.write((tx) => policyChanged(tx, ctx));
  const anchored = anchor(anchorFile(config.pm2Home));
  await anchored.begin(ctx);
  const stages = [requests, lookAnew, observe, detect(), alerts, guard(), plan, answer, decide, execute, verify, conclude, remind, explain, trust(), followUp(), rehearsing(), tagging(), notingMigrations((databases) => readApplied(databases, io)), blindness(), upkeep(config.heartbeatUrl), score(), botWatch(), pastReleases((place) => readPast(place, io.git)), ...(parts.ballast ? [reserve(parts.ballast)] : []), anchored];
  loop = createLoop(ctx, stages, parts.ticker ?? createTicker(io.clock));
  const stopping = new AbortController();
  const running = loop;
  let ran: Promise<void> = Promise.resolve();
  return {
    loop,
    ctx,
    async run() {
      const stopBus = await watchPm2({ pm2: io.pm2, store, host: { id: host.id, name: config.host }, clock: io.clock, appOf: apps, poke });
      const stopPokes = await parts.carrier.onPoke(poke);
      const beat = setInterval(poke, BEAT_MS);
      try {
        await (ran = running.run(stopping.signal));
      } finally {
        clearInterval(beat);
        stopBus();
        await stopPokes();
      }
    },
    async stop() {
      stopping.abort();
      await effects.stop(STOP_WITHIN_MS);
      await ran.catch(() => undefined); // Its last pass would say once more that it lives.
      await anchored.keep(ctx);
      await sayStopped(ctx);
    },
  };
}

/** Its file is small and stands among PM2's own, where people tidy up. */
function keepsSeat({ seat, config, log }: MonitorParts): boolean {
  const held = seat?.keeps() ?? 'kept';
  if (held === 'renewed') log.warn({ file: seatFile(config.pm2Home) }, 'the file of this PM2’s seat was removed while this monitor held it; it was taken anew, and nobody else had it');
  if (held === 'lost') log.error({ file: seatFile(config.pm2Home) }, 'the file of this PM2’s seat was removed while this monitor held it, and another one has the new file');
  return held !== 'lost';
}

/** Where the seat was lost, another monitor runs, and this word is not its to say. */
async function sayStopped({ store, hostId, log }: StageContext): Promise<void> {
  await store.write((tx) => monitorStopped(tx, hostId)).catch((error: unknown) => log.warn({ error: errorText(error) }, 'could not write down that the monitor stopped'));
}

/** Many calls in one turn of the event loop are one. */
function coalesced(call: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      call();
    });
  };
}

/** Makes the store equal to the config, and says that a monitor began. Returns which app each PM2 process belongs to, and which checks have another address now. */
async function takeOver(tx: Db, parts: MonitorParts, hostId: StageContext['hostId']): Promise<{ readonly apps: ReadonlyMap<string, ResourceId>; readonly moved: readonly MovedCheck[] }> {
  const { config, io } = parts;
  const now = io.clock.now();
  const wanted = watchList(config);
  const resources = await syncResources(tx, hostId, wanted.resources, now);
  const idOf = (name: string): ResourceId => {
    const found = resources.find((resource) => resource.name === name);
    if (!found) throw new HypercareError('config.unknown_resource', 'invalid', `the config names ${name}, which it does not define`);
    return found.id;
  };
  await syncEdges(tx, hostId, wanted.edges.map(({ from, to }) => ({ resourceId: idOf(from), usesId: idOf(to) })));
  const moved = await syncChecks(tx, hostId, wanted.checks.map(({ resource, stored, ...check }) => ({ ...check, options: stored, resourceId: idOf(resource) })), now);
  await syncPeople(tx, hostId, peopleOf(config, parts.osUser), now);
  await tell(tx, hostId, { kind: 'monitor.started' }, now);
  await audit(tx, hostId, { who: 'hypercare', what: 'the monitor began', why: `watches ${config.apps.map((app) => app.name).join(', ') || 'nothing'}`, body: { apps: config.apps.map((app) => app.name) } }, now);
  return { apps: new Map(config.apps.flatMap((app) => app.processes.map((name) => [name, idOf(app.name)] as const))), moved };
}

/** Whoever may read and write the store could do anything anyway: without people at the terminal, its user is one. */
function peopleOf(config: Config, osUser: string): Config['people'] {
  const atTerminal = config.people.some((person) => person.accounts.some((account) => account.platform === 'terminal'));
  if (atTerminal) return config.people;
  const known = config.people.find((person) => person.name === osUser);
  const account = { platform: 'terminal', userId: osUser } as const;
  if (known) return config.people.map((person) => (person === known ? { ...person, accounts: [...person.accounts, account] } : person));
  return [...config.people, { name: osUser, role: 'approver', accounts: [account] }];
}
