import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { sayIn } from '../cards/say-time.js';
import { botSilentSince } from '../domain/app-status.js';
import { HypercareError } from '../domain/errors.js';
import { channelStates } from '../store/channels.js';
import { offerVisit } from '../store/visits.js';
import { watchOf } from '../store/watch.js';
import type { Command, Context } from './command.js';
import { iso } from './iso.js';

/** The bot tells under this name whether the HTTP API is there. */
const SERVED_AS = 'api';

const args = z.strictObject({});

/** A link into the dashboard for whoever asks, with his role: it works once. Only its hash is kept. */
export const dashboard: Command<z.output<typeof args>> = {
  name: 'dashboard',
  summary: 'a link that opens the dashboard in your browser, once',
  usage: 'dashboard',
  examples: ['dashboard'],
  role: 'viewer',
  words: { positionals: [], flags: {} },
  args,
  async run(_args, ctx) {
    const { address, person } = demanded(ctx);
    const { secret, until } = await ctx.store.write((tx) => offerVisit(tx, ctx.hostId, person.id, ctx.now()));
    const link = `${address}/in/${secret}`;
    const trouble = await troubleNow(ctx);
    return {
      data: { version: 1, link, for: person.name, until: iso(until), trouble },
      card: noteCard({
        subject: 'dashboard', level: trouble === null ? 'info' : 'warning', title: `the dashboard, for ${person.name} (${person.role})`,
        body: [link, ...(trouble === null ? [] : [trouble]), `It works once, until ${sayIn(until, { now: ctx.now(), timeZone: ctx.timeZone })}; whoever has it is taken for you. The one before it is void.`, ...tunnel(address)],
      }),
      exit: trouble === null ? 0 : 3,
    };
  },
};

function demanded({ dashboardAt, privately, person, via }: Context) {
  if (via === 'web') throw new HypercareError('denied.place', 'denied', 'you are in the dashboard already', 'Ask in the terminal or in a chat for another one.');
  if (!person) throw new HypercareError('denied.stranger', 'denied', 'only people who are known are let in', 'Have this account added under “people” in hypercare.yaml.');
  if (person.group === true) throw new HypercareError('denied.group', 'denied', 'the dashboard is for people who are named, and you are known by a user group alone', 'Have your own account added under “people” in hypercare.yaml.');
  if (dashboardAt == null) throw new HypercareError('api.off', 'invalid', 'there is no dashboard: hypercare.yaml has no section “api”', 'Add a line “api:” to it, and run “npm start”.');
  if (privately !== true) throw new HypercareError('denied.place', 'denied', 'others would see the link here, and could use it', 'Ask the bot in private, or on the host: hypercare dashboard');
  return { address: dashboardAt, person };
}

/** Why a browser would find nobody there; null: as far as is known it would. */
async function troubleNow({ store: { db }, hostId, now }: Context): Promise<string | null> {
  const watch = await watchOf(db, hostId);
  if (watch.botSeenAt === null || botSilentSince(watch, now()) !== null) return 'But nobody serves it now: the bot does not run. Start it with “npm start”, and the link works.';
  const state = (await channelStates(db, hostId)).find(({ name, trouble }) => name === SERVED_AS && trouble !== null);
  return state?.trouble ? `But it cannot be served: ${[state.trouble.why, state.trouble.mend].filter(Boolean).join('. ')}` : null;
}

/** What listens on the host alone is reached through SSH. */
function tunnel(address: string): readonly string[] {
  const port = /^http:\/\/127\.[\d.]+:(\d+)\//.exec(address)?.[1];
  return port === undefined ? [] : [`From another machine, first: ssh -L ${port}:127.0.0.1:${port} <this host>`];
}
