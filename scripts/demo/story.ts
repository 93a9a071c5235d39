import type { CliIo } from '../../src/cli/cli-io.js';
import type { Incident } from '../../src/domain/incident.js';
import { answer } from '../../src/store/answers.js';
import { eventsSince } from '../../src/store/events.js';
import { openIncidents, recentIncidents } from '../../src/store/incidents.js';
import { personNamed } from '../../src/store/people.js';
import { openQuestions } from '../../src/store/questions.js';
import type { Narrator } from './narrator.js';
import type { Answering } from './person.js';
import type { Scene } from './scene.js';
import { storyLine } from './story-line.js';

const LOOK_EVERY_MS = 100;
const MOST_EVENTS = 500;
/** So long nothing may be open before the story is over. */
const QUIET_MS = 1_500;

export interface Teller {
  readonly io: Pick<CliIo, 'clock' | 'user' | 'timeZone'>;
  readonly narrator: Narrator;
  readonly answer: Answering;
}

/** What was told already, and when nothing was open any more. */
interface Progress {
  readonly told: Set<string>;
  readonly asked: Set<string>;
  quietSince: number | null;
  unanswered: boolean;
}

/**
 * Tells what happens until nothing is open any more, or people are needed. Returns the incidents of the story, newest
 * first; null when `withinMs` was not enough, in which the time a person takes to answer does not count.
 */
export async function tellStory(scene: Scene, teller: Teller, span: { readonly from: number; readonly withinMs: number }): Promise<readonly Incident[] | null> {
  const { clock } = teller.io;
  const progress: Progress = { told: new Set(), asked: new Set(), quietSince: null, unanswered: false };
  let deadline = clock.monotonic() + span.withinMs;
  while (clock.monotonic() < deadline) {
    await tellEvents(scene, teller, span.from, progress);
    deadline += await answerQuestions(scene, teller, progress);
    const incidents = await whenOver(scene, teller, span.from, progress);
    if (incidents) return incidents;
    await clock.sleep(LOOK_EVERY_MS);
  }
  return null;
}

async function whenOver({ store, monitor }: Scene, { io }: Teller, from: number, progress: Progress): Promise<readonly Incident[] | null> {
  const { hostId } = monitor.ctx;
  const open = await openIncidents(store.db, hostId);
  const incidents = (await recentIncidents(store.db, hostId, 20)).filter((incident) => incident.openedAt >= from);
  if (progress.unanswered || open.some((incident) => incident.state === 'escalated')) return incidents;
  const now = io.clock.monotonic();
  progress.quietSince = incidents.length > 0 && open.length === 0 ? (progress.quietSince ?? now) : null;
  return progress.quietSince !== null && now - progress.quietSince >= QUIET_MS ? incidents : null;
}

async function tellEvents(scene: Scene, { io, narrator }: Teller, from: number, { told }: Progress): Promise<void> {
  for (const event of await eventsSince(scene.store.db, scene.monitor.ctx.hostId, from, MOST_EVENTS)) {
    if (told.has(event.id)) continue;
    told.add(event.id);
    const line = await storyLine(scene, event, { now: io.clock.now(), timeZone: io.timeZone });
    // A line is drawn from how things stand by now: two events close together would tell the same one twice.
    if (line !== null && !told.has(line)) narrator.tellOf({ event: event.kind, at: event.at }, line);
    if (line !== null) told.add(line);
  }
}

/** Returns how long a person took, in milliseconds. */
async function answerQuestions({ store, monitor }: Scene, teller: Teller, progress: Progress): Promise<number> {
  const began = teller.io.clock.monotonic();
  for (const question of await openQuestions(store.db, monitor.ctx.hostId)) {
    if (progress.asked.has(question.id)) continue;
    progress.asked.add(question.id);
    const yes = await teller.answer();
    const person = await personNamed(store.db, monitor.ctx.hostId, teller.io.user);
    progress.unanswered ||= yes === null;
    if (yes === null || !person) continue;
    await store.write((tx) => answer(tx, { questionId: question.id, personId: person.id, yes, via: 'terminal', nonce: `demo:${question.id}` }, teller.io.clock.now()));
    monitor.loop.poke();
  }
  return teller.io.clock.monotonic() - began;
}
