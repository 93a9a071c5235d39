import { userInfo } from 'node:os';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { openIncidents } from '../../../src/store/incidents.js';
import { openLaunchOf } from '../../../src/store/launches.js';
import { personNamed } from '../../../src/store/people.js';
import { ledgerOf } from '../../../src/store/releases.js';
import { putRequest } from '../../../src/store/requests.js';
import { until, type Patience } from '../../until.js';
import { CLOCK, type KillPoint } from '../kill-point.js';
import { watchLink } from '../link-history.js';
import { keepAlive, type Lives } from '../lives.js';
import { lookInto, type Look } from '../look.js';
import { currentLink } from '../../../monitoring/release/layout.js';
import { writeAskedConfig } from './asked-config.js';
import { APP, type Ground } from './ground.js';

const BEGIN_WITHIN = { withinMs: 60_000, everyMs: 400 };
/** The deadline of a step whose act was cut short (70 s for two workers) has to fit in, there and back. */
const OVER_WITHIN = { withinMs: 240_000, everyMs: 400 };
/** Workers that have served so long are reloaded; younger ones are restarted. */
const SERVES_AFTER_MS = 10_200;

export interface Seen {
  /** Why it did not come to its end; null: it did. */
  readonly stuck: string | null;
  readonly before: readonly Pm2Process[];
  /** When the rollback was asked for. */
  readonly askedAt: number;
  /** Directories the link led to; of a tree nothing. */
  readonly link: readonly string[];
}

/** A rollback asked for by hand; the monitor dies where `points` say, and is started again at once. */
export async function liveAsked(ground: Ground, dir: string, { points, to, serving }: { readonly points: readonly KillPoint[]; readonly to: string; readonly serving: boolean }): Promise<Seen> {
  writeAskedConfig(dir, ground);
  const monitor = keepAlive(dir, 'monitor');
  const link = ground.mode === 'releases' ? watchLink(currentLink(ground.base)) : null;
  const timers: NodeJS.Timeout[] = [];
  let before: readonly Pm2Process[] = [];
  let askedAt = systemClock.now();
  let stuck: string | null = null;
  try {
    await waitFor('the app is watched, and its other releases are known', { dir, monitor, ...BEGIN_WITHIN }, async ({ db, appId }) => appId !== null && (await openLaunchOf(db, appId)) !== null && (await ledgerOf(db, appId)).some(({ commit }) => commit === to));
    if (serving) await until('every worker has served for a while', async () => (await ground.pm2.list()).every((one) => one.name !== APP || systemClock.now() - one.startedAt >= SERVES_AFTER_MS), BEGIN_WITHIN);
    before = await ground.pm2.list();
    askedAt = systemClock.now();
    await ask(dir, to);
    timers.push(...points.filter(({ what }) => what === CLOCK).map((point) => setTimeout(() => monitor.kill(point), point.nth)));
    await waitFor('the rollback is over', { dir, monitor, ...OVER_WITHIN }, isOver);
  } catch (error) {
    stuck = error instanceof Error ? error.message : String(error);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
  await monitor.end();
  return { stuck, before, askedAt, link: link === null ? [] : await link.end() };
}

async function ask(dir: string, to: string): Promise<void> {
  const asked = await lookInto(dir, async ({ store, db, hostId, appId }) => {
    const person = await personNamed(db, hostId, userInfo().username);
    if (!person) throw new HypercareError('crash.person', 'permanent', 'the store does not know who runs this');
    const args = { app: APP, to, reason: 'to see whether it goes back', planOnly: false };
    return store.write((tx) => putRequest(tx, hostId, { resourceId: appId, verb: 'rollback', args, personId: person.id, via: 'terminal', key: 'crash:rollback' }, systemClock.now()));
  });
  if (asked === null) throw new HypercareError('crash.store', 'permanent', 'the store could not be written to');
}

/** Its one remediation has ended and nothing is open, or it never began and was told so. */
async function isOver({ db, hostId }: Look): Promise<boolean> {
  const requests = await db.selectFrom('requests').select(['ended_at', 'result']).execute();
  const runs = await db.selectFrom('remediations').select(['ended_at', 'state']).execute();
  const open = await openIncidents(db, hostId);
  return requests.every(({ ended_at }) => ended_at !== null) && runs.every(({ ended_at }) => ended_at !== null) && open.every(({ state }) => state === 'escalated') && (runs.length > 0 || open.length > 0 || requests.some(({ result }) => result?.includes('"ok":false')));
}

async function waitFor(what: string, on: Patience & { readonly dir: string; readonly monitor: Lives }, isTrue: (look: Look) => Promise<boolean>): Promise<void> {
  await until(what, async () => {
    const trouble = on.monitor.trouble();
    if (trouble) throw new HypercareError('crash.ended', 'permanent', trouble);
    return (await lookInto(on.dir, isTrue)) ?? false;
  }, on);
}
