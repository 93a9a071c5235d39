import { eventLine } from '../../src/cards/event-line.js';
import type { Incident } from '../../src/domain/incident.js';
import type { Reader } from '../../src/cards/say-time.js';
import { eventsSince } from '../../src/store/events.js';
import { incidentView } from '../../src/store/incident-view.js';
import { personNamed } from '../../src/store/people.js';
import { answer } from '../../src/store/answers.js';
import { openQuestions } from '../../src/store/questions.js';
import { openIncidents, recentIncidents } from '../../src/store/incidents.js';
import type { Question } from '../../src/domain/question.js';
import type { Scene } from './scene.js';

const LOOK_EVERY_MS = 100;
const MOST_EVENTS = 500;
/** So long nothing may be open before the story is over. */
const QUIET_MS = 1_500;

export interface Teller {
  readonly reader: () => Reader;
  readonly sleep: (ms: number) => Promise<void>;
  /** One line for people, with the event it comes from. */
  readonly line: (event: string, text: string) => void;
  /** Null: nobody answers. */
  readonly answer: (question: Question, text: string) => Promise<boolean | null>;
  readonly user: string;
}

/** Tells what happens until nothing is open any more, or people are needed; null when `withinMs` was not enough. */
export async function tellStory(scene: Scene, teller: Teller, from: number, withinMs: number): Promise<readonly Incident[] | null> {
  const told = new Set<string>();
  const asked = new Set<string>();
  const { store, monitor } = scene;
  const until = teller.reader().now + withinMs;
  let quietSince: number | null = null;
  while (teller.reader().now < until) {
    await tellEvents(scene, teller, from, told);
    await answerQuestions(scene, teller, asked);
    const open = await openIncidents(store.db, monitor.ctx.hostId);
    const incidents = (await recentIncidents(store.db, monitor.ctx.hostId, 20)).filter((incident) => incident.openedAt >= from);
    if (open.some((incident) => incident.state === 'escalated')) return incidents;
    const now = teller.reader().now;
    quietSince = incidents.length > 0 && open.length === 0 ? (quietSince ?? now) : null;
    if (quietSince !== null && now - quietSince >= QUIET_MS) return incidents;
    await teller.sleep(LOOK_EVERY_MS);
  }
  return null;
}

async function tellEvents(scene: Scene, teller: Teller, from: number, told: Set<string>): Promise<void> {
  const { store, monitor } = scene;
  for (const event of await eventsSince(store.db, monitor.ctx.hostId, from, MOST_EVENTS)) {
    if (told.has(event.id)) continue;
    told.add(event.id);
    if (event.kind === 'launch.started') teller.line(event.kind, 'a new release is seen running: its watch begins');
    if (!event.incidentId) continue;
    const text = eventLine(event, await incidentView(store.db, event.incidentId), teller.reader());
    // The view is how it stands by now: two events close together would tell the same line twice.
    if (text !== null && !told.has(text)) teller.line(event.kind, text);
    if (text !== null) told.add(text);
  }
}

async function answerQuestions(scene: Scene, teller: Teller, asked: Set<string>): Promise<void> {
  const { store, monitor } = scene;
  for (const question of await openQuestions(store.db, monitor.ctx.hostId)) {
    if (asked.has(question.id)) continue;
    asked.add(question.id);
    const yes = await teller.answer(question, question.appName);
    const person = await personNamed(store.db, teller.user);
    if (yes === null || !person) continue;
    await store.write((tx) => answer(tx, { questionId: question.id, personId: person.id, yes, via: 'terminal', nonce: `demo:${question.id}` }, teller.reader().now));
    monitor.loop.poke();
  }
}
