/** A watch that a scenario plays with: a real monitor, a person at the terminal, and what both leave behind, as text. */
import { argWords } from '../../monitoring/repairs/arg-words.js';
import { createContext } from '../../src/commands/context.js';
import { runWords } from '../../src/commands/run-words.js';
import { errorCard } from '../../src/cards/error-card.js';
import { incidentCard } from '../../src/cards/incident-card.js';
import { drawPlain } from '../../src/cards/plain.js';
import type { Card } from '../../src/cards/card.js';
import type { Incident, IncidentState } from '../../src/domain/incident.js';
import type { Question } from '../../src/domain/question.js';
import type { Resource } from '../../src/domain/resource.js';
import { DEFAULT_TIERS } from '../../src/domain/tiers.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import { readAudit } from '../../src/store/audits.js';
import { checksOf } from '../../src/store/checks.js';
import { incidentView } from '../../src/store/incident-view.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { personOf } from '../../src/store/people.js';
import { openQuestions } from '../../src/store/questions.js';
import { listResources } from '../../src/store/resources.js';
import { newestSample } from '../../src/store/samples.js';
import { until } from '../doubles/pm2-home.js';
import type { VirtualTime } from '../doubles/virtual-time.js';
import { startWatched, type Watched } from '../doubles/watched.js';
import { masked } from './masked.js';

/** Short intervals, so that a story takes seconds; nothing else differs from what is watched in earnest. */
export const BRISK = `
watch:
  tiers: [{ until: 1h, every: 1s }]
  confirm: { every: 300ms, bad: 3, good: 2 }
  settle: 1s
  after_storm: 500ms
  warm_up: 1s
`;

const STORY_MS = 45_000;
/** Where a line breaks would hang on how long this machine's paths are. */
const UNWRAPPED = 2_000;

export interface Watch extends Watched {
  /** The first app of the config. */
  readonly app: Resource;
  /** Waits until each of its addresses was found good after the launch has settled. */
  steady(): Promise<void>;
  /** What the person says at the terminal, and the card that answers it, as text. */
  say(...words: readonly string[]): Promise<string>;
  /** Waits for a question to be open. */
  asked(): Promise<Question>;
  /** Waits until the newest incident is in this state. */
  incident(state: IncidentState): Promise<Incident>;
  /** What was decided and done since then, one audit entry after another. */
  story(since?: number): Promise<string>;
  /** The card of an incident; without one, that of the newest. */
  card(of?: Incident): Promise<string>;
}

/** Starts to watch, and waits until the app's first release is seen running. */
export async function beginWatch(yaml: (dataDir: string) => string, options: { readonly keepDir?: string; readonly time?: VirtualTime; readonly outside?: (real: Io) => Io } = {}): Promise<Watch> {
  const watched = await startWatched(yaml, options);
  const { store, monitor } = watched;
  const { hostId, clock } = monitor.ctx;
  try {
    const all = await listResources(store.db, hostId);
    const app = all.find((resource) => resource.kind === 'app') as Resource;
    // How this machine is, no scenario is about.
    const machine = all.find(({ kind }) => kind === 'host');
    await until('a launch to be watched', async () => (await openLaunchOf(store.db, app.id)) !== null, STORY_MS);
    const newest = async (): Promise<Incident | null> => (await recentIncidents(store.db, hostId, 20)).find(({ resourceId }) => resourceId !== machine?.id) ?? null;
    return {
      ...watched,
      app,
      steady: () => until('the app to be found good', () => isSteady(watched, app), STORY_MS),
      say: (...words) => say(watched, words),
      async asked() {
        await until('a question', async () => (await openQuestions(store.db, hostId)).length > 0, STORY_MS);
        return (await openQuestions(store.db, hostId))[0] as Question;
      },
      async incident(state) {
        await until(`an incident that is ${state}`, async () => (await newest())?.state === state, STORY_MS);
        return (await newest()) as Incident;
      },
      async story(since = 0) {
        const entries = (await readAudit(store.db, hostId, 200)).filter(({ at }) => at >= since);
        return masked(`\n${entries.map(({ who, what, why }) => `${who}: ${what}\n    ${why}`).join('\n')}\n`);
      },
      async card(of) {
        const incident = of ?? (await newest());
        return incident ? masked(drawn(incidentCard(await incidentView(store.db, incident.id), { now: clock.now(), timeZone: 'UTC' }))) : 'no incident';
      },
    };
  } catch (error) {
    await watched.stop();
    throw new Error(`${String(error)}\n${watched.logs.join('')}`, { cause: error });
  }
}

async function isSteady({ store, monitor }: Watched, app: Resource): Promise<boolean> {
  const launch = await openLaunchOf(store.db, app.id);
  const from = (launch?.startedAt ?? 0) + monitor.ctx.settings.settleMs;
  const checks = (await checksOf(store.db, app.id)).filter((check) => check.probe === 'http');
  const newest = await Promise.all(checks.map((check) => newestSample(store.db, check.id)));
  return newest.every((sample) => sample !== null && sample.at > from && sample.verdict === 'good');
}

let spoken = 0;

async function say({ store, monitor }: Watched, words: readonly string[]): Promise<string> {
  const { hostId, clock, units, settings } = monitor.ctx;
  const ctx = createContext({
    store, hostId, person: await personOf(store.db, hostId, { platform: 'terminal', userId: 'tester' }), via: 'terminal', userId: 'tester', nonce: `spoken-${(spoken += 1)}`,
    timeZone: 'UTC', tiers: DEFAULT_TIERS, settleMs: settings.settleMs, policy: settings.policy, now: () => clock.now(), sleep: (ms) => systemClock.sleep(ms), poke: async () => monitor.loop.poke(),
    repairs: async () => Object.values(units.repairs).map(({ kind, target, summary, refuses, risk, args }) => ({ kind, target, summary, refuses, risk, takes: argWords(args) })),
  });
  try {
    return masked(drawn((await runWords(words, ctx)).card));
  } catch (error) {
    return masked(drawn(errorCard(error)));
  }
}

function drawn(card: Card): string {
  return `\n${drawPlain(card, { width: UNWRAPPED, color: false })}\n`;
}
