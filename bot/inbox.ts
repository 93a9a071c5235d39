import { errorCard } from '../src/cards/error-card.js';
import { createContext } from '../src/commands/context.js';
import { runPressed, runWords } from '../src/commands/run-words.js';
import { splitWords } from '../src/commands/split-words.js';
import { HypercareError, errorText } from '../src/domain/errors.js';
import type { HostId } from '../src/domain/ids.js';
import type { Person } from '../src/domain/person.js';
import type { Tier } from '../src/domain/tiers.js';
import type { Context } from '../src/commands/command.js';
import type { Carrier } from '../src/io/carrier.js';
import type { Clock } from '../src/io/clock.js';
import type { Logger } from '../src/io/log.js';
import { groupsOf, personOf } from '../src/store/people.js';
import type { Store } from '../src/store/store.js';
import type { Hear, Reply, Utterance } from './channels/channel.js';

export interface InboxParts {
  readonly store: Store;
  readonly hostId: HostId;
  readonly carrier: Carrier;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tiers: readonly Tier[];
  readonly settleMs: number;
  readonly policy: Context['policy'];
  readonly timeZone: string;
  /** Where a browser finds the dashboard; null or absent: there is none. */
  readonly dashboardAt?: string | null;
}

/** The ear of every channel: who speaks, what they may, what they get. It never throws. */
export function createInbox(parts: InboxParts): Hear {
  return async (utterance) => {
    try {
      return await serve(parts, utterance);
    } catch (error) {
      const who = { platform: utterance.platform, user: utterance.userId };
      // What is expected repeats the words, and those are nobody's business here.
      if (error instanceof HypercareError) parts.log.info({ ...who, why: error.code }, 'what a person asked was not done');
      else parts.log.error({ ...who, error: errorText(error) }, 'what a person asked could not be done');
      return { card: errorCard(error), audience: 'person' };
    }
  };
}

/** Whoever is named alone speaks for himself, and everybody else for the group he is in; of several for the one that may most. */
async function whoSpeaks({ store, hostId }: InboxParts, utterance: Utterance): Promise<Person | null> {
  const named = await personOf(store.db, hostId, utterance);
  if (named !== null || utterance.isIn === undefined) return named;
  for (const { id, person } of await groupsOf(store.db, hostId, utterance.platform)) if (await utterance.isIn(id)) return person;
  return null;
}

async function serve(parts: InboxParts, utterance: Utterance): Promise<Reply> {
  const { store, clock } = parts;
  const person = await whoSpeaks(parts, utterance);
  const ctx = createContext({
    store, hostId: parts.hostId, person, via: utterance.platform, userId: utterance.userId, nonce: utterance.nonce,
    timeZone: parts.timeZone, tiers: parts.tiers, settleMs: parts.settleMs, policy: parts.policy, now: () => clock.now(), sleep: (ms) => clock.sleep(ms), poke: () => parts.carrier.poke(),
    dashboardAt: parts.dashboardAt ?? null, privately: utterance.privately ?? false,
    // The registry of repairs stands in the monitor's house, which this process may not look into.
    repairs: async () => null,
  });
  const { said } = utterance;
  const result = 'pressed' in said ? await runPressed(said.pressed, ctx) : await runWords(splitWords(said.words), ctx);
  parts.log.info({ platform: utterance.platform, person: person?.name ?? utterance.userId, said: 'pressed' in said ? 'a button' : said.words.split(/\s/)[0] }, 'a person asked');
  return { card: result.card, audience: 'person' };
}
