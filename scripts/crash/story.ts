import { userInfo } from 'node:os';
import { HypercareError } from '../../src/domain/errors.js';
import { systemClock } from '../../src/io/clock.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { nextDeliveryAt } from '../../src/store/deliveries.js';
import { undelivered } from '../../src/store/events.js';
import { openIncidents } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { personNamed } from '../../src/store/people.js';
import { answer } from '../../src/store/answers.js';
import { openQuestions } from '../../src/store/questions.js';
import { getRelease } from '../../src/store/releases.js';
import { putRequest, requestStatus } from '../../src/store/requests.js';
import { breakShop } from '../shop/break-shop.js';
import { until } from '../until.js';
import { CHANNEL_NAME } from './file-channel.js';
import type { Draw } from './draw.js';
import type { Ending } from './ending.js';
import { CLOCK } from './kill-point.js';
import { keepAlive, type Lives } from './lives.js';
import { watchLink } from './link-history.js';
import { answersOf, type Place } from './place.js';
import { LATECOMER, writeConfig } from './run-config.js';
import { lookInto, type Look } from './look.js';

const BEGIN_WITHIN = { withinMs: 30_000, everyMs: 100 };
/** The deadline of a step whose act was cut short (70 s for two workers) has to fit in. */
const STORY_WITHIN = { withinMs: 120_000, everyMs: 150 };

/** What was seen of a run from outside, to be compared with what its store says. */
export interface Witnessed {
  /** Why the story did not come to its end; null: it did. */
  readonly stuck: string | null;
  readonly processes: { readonly before: readonly Pm2Process[]; readonly after: readonly Pm2Process[] };
  readonly link: readonly string[];
  readonly answers: { readonly versions: readonly string[]; readonly checkout: readonly (number | null)[] };
  /** Whether each press of a button was kept: the first, the same once more, a second person's. */
  readonly presses: readonly boolean[];
  /** When the monitor was last known to be alive. */
  readonly endedAt: number;
}

/** A bad release, a question, a yes, a rollback; monitor and bot die where `points` say, and are started again at once. */
export async function live(place: Place, dir: string, { good, ending, points, thinkMs }: Draw & { readonly good: string; readonly ending: Ending }): Promise<Witnessed> {
  writeConfig(dir, place.shop);
  const presses: boolean[] = [];
  const before = await place.pm2.list();
  const link = watchLink(place.shop.places.current);
  const both = { monitor: keepAlive(dir, 'monitor'), bot: keepAlive(dir, 'bot') };
  const timers: NodeJS.Timeout[] = [];
  let stuck: string | null = null;
  try {
    await begin(dir, both);
    timers.push(...points.filter(({ what }) => what === CLOCK).map((point) => setTimeout(() => both[point.who].kill(point), point.nth)));
    await breakShop(place.shop, 'bad-release');
    presses.push(...(await press(dir, both, thinkMs)));
    await end(dir, both, { good, ending });
  } catch (error) {
    stuck = error instanceof Error ? error.message : String(error);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
  const endedAt = systemClock.now();
  await Promise.all([both.monitor.end(), both.bot.end()]);
  return { stuck, presses, endedAt, link: await link.end(), processes: { before, after: await place.pm2.list() }, answers: await answersOf(place.shop) };
}

type Both = Readonly<Record<'monitor' | 'bot', Lives>>;

/** The running release is seen, and a person vouches for it. */
async function begin(dir: string, both: Both): Promise<void> {
  await waitFor('the shop is watched', { dir, both, ...BEGIN_WITHIN }, async ({ db, appId }) => appId !== null && (await openLaunchOf(db, appId)) !== null);
  const id = await lookInto(dir, async ({ store, db, hostId, appId }) => {
    const person = await personNamed(db, hostId, userInfo().username);
    if (!person) throw new HypercareError('crash.person', 'permanent', 'the store does not know who runs this');
    const request = { resourceId: appId, verb: 'restore-point', args: { reason: 'the run begins with it' }, personId: person.id, via: 'terminal', key: 'crash:restore-point' } as const;
    return store.write((tx) => putRequest(tx, hostId, request, systemClock.now()));
  });
  await waitFor('the restore point is set', { dir, both, ...BEGIN_WITHIN }, async ({ db }) => id !== null && (await requestStatus(db, id)).result?.ok === true);
}

/** One yes, the same press delivered once more, and another person's, all in one transaction, so that the first is not judged yet. */
async function press(dir: string, both: Both, thinkMs: number): Promise<readonly boolean[]> {
  await waitFor('people are asked', { dir, both, ...STORY_WITHIN }, async ({ db, hostId }) => (await openQuestions(db, hostId)).length > 0);
  await systemClock.sleep(thinkMs);
  const kept = await lookInto(dir, async ({ store, db, hostId }) => {
    const [question] = await openQuestions(db, hostId);
    const [first, second] = [await personNamed(db, hostId, userInfo().username), await personNamed(db, hostId, LATECOMER)];
    if (!question || !first || !second) return null;
    const yes = { questionId: question.id, yes: true, via: 'terminal' } as const;
    return store.write(async (tx) => [
      await answer(tx, { ...yes, personId: first.id, nonce: 'press-1' }, systemClock.now()),
      await answer(tx, { ...yes, personId: first.id, nonce: 'press-1' }, systemClock.now()),
      await answer(tx, { ...yes, personId: second.id, nonce: 'press-2' }, systemClock.now() + 1),
    ]);
  });
  if (!kept) throw new HypercareError('crash.question', 'permanent', 'the question was gone before it could be answered');
  return kept;
}

/** Nothing is open, or people are called where the story leads there; and everything was told. */
async function end(dir: string, both: Both, { good, ending }: { readonly good: string; readonly ending: Ending }): Promise<void> {
  await waitFor('it is over and told', { dir, both, ...STORY_WITHIN }, async ({ db, hostId, appId }) => {
    const open = await openIncidents(db, hostId);
    const escalated = open.find((incident) => incident.state === 'escalated');
    if (escalated && ending.incident !== 'escalated') throw new HypercareError('crash.escalated', 'permanent', `people are needed: ${escalated.reason ?? escalated.title}`);
    const [again] = await openQuestions(db, hostId);
    if (again && (await db.selectFrom('answers').select('nonce').where('question_id', '=', again.id).execute()).length === 0) throw new HypercareError('crash.asked_again', 'permanent', 'people were asked again, although they had said yes');
    const launch = appId === null ? null : await openLaunchOf(db, appId);
    const restored = launch !== null && (await getRelease(db, launch.releaseId)).dir.endsWith(good);
    const over = ending.incident === 'escalated' ? escalated !== undefined : open.length === 0 && restored;
    // In this order: an event becomes a delivery, and between two looks it would be neither.
    return over && (await undelivered(db, hostId, CHANNEL_NAME, 0, 1)).length === 0 && (await nextDeliveryAt(db, { hostId, channels: [CHANNEL_NAME] })) === null;
  });
}

async function waitFor(what: string, run: { readonly dir: string; readonly both: Both; readonly withinMs: number; readonly everyMs: number }, isTrue: (look: Look) => Promise<boolean>): Promise<void> {
  await until(what, async () => {
    const trouble = run.both.monitor.trouble() ?? run.both.bot.trouble();
    if (trouble) throw new HypercareError('crash.ended', 'permanent', trouble);
    return (await lookInto(run.dir, isTrue)) ?? false;
  }, run);
}
