import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { sayIn } from '../cards/say-time.js';
import { HypercareError } from '../domain/errors.js';
import { offerVisit } from '../store/visits.js';
import type { Command, Context } from './command.js';
import { iso } from './iso.js';

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
    return {
      data: { version: 1, link, for: person.name, until: iso(until) },
      card: noteCard({
        subject: 'dashboard', level: 'info', title: `the dashboard, for ${person.name} (${person.role})`,
        body: [link, `It works once, until ${sayIn(until, { now: ctx.now(), timeZone: ctx.timeZone })}; whoever has it is taken for you. The one before it is void.`, ...tunnel(address)],
      }),
      exit: 0,
    };
  },
};

function demanded({ dashboardAt, privately, person, via }: Context) {
  if (via === 'web') throw new HypercareError('denied.place', 'denied', 'you are in the dashboard already', 'Ask in the terminal or in a chat for another one.');
  if (!person) throw new HypercareError('denied.stranger', 'denied', 'only people who are known are let in', 'Have this account added under “people” in hypercare.yaml.');
  if (dashboardAt == null) throw new HypercareError('api.off', 'invalid', 'there is no dashboard: hypercare.yaml has no section “api”', 'Add a line “api:” to it, and run “npm start”.');
  if (privately !== true) throw new HypercareError('denied.place', 'denied', 'others would see the link here, and could use it', 'Ask the bot in private, or on the host: hypercare dashboard');
  return { address: dashboardAt, person };
}

/** What listens on the host alone is reached through SSH. */
function tunnel(address: string): readonly string[] {
  const port = /^http:\/\/127\.[\d.]+:(\d+)\//.exec(address)?.[1];
  return port === undefined ? [] : [`From another machine, first: ssh -L ${port}:127.0.0.1:${port} <this host>`];
}
