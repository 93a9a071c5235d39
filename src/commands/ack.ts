import { z } from 'zod';
import { incidentCard } from '../cards/incident-card.js';
import type { IncidentId } from '../domain/ids.js';
import { incidentView } from '../store/incident-view.js';
import { strangeAnswer } from './accepted.js';
import type { Command } from './command.js';
import { word } from './fields.js';
import { incidentDocument } from './incident-document.js';
import { incidentMeant } from './open-incident.js';

const args = z.strictObject({ incident: word });
const answer = z.object({ incidentId: z.string(), by: z.string(), again: z.boolean() });

export const ack: Command<z.output<typeof args>> = {
  name: 'ack',
  summary: 'say that you have seen it: nobody is called about it until it gets worse',
  usage: 'ack <app or incident>',
  examples: ['ack shop', 'ack 7k2m9q'],
  role: 'operator',
  words: { positionals: ['incident'], flags: {} },
  args,
  async run(wanted, ctx) {
    const incident = await incidentMeant(ctx, wanted.incident);
    const said = answer.safeParse(await ctx.ask({ verb: 'ack', resourceId: incident.resourceId, args: { incident: incident.id } }));
    if (!said.success) throw strangeAnswer();
    const view = await incidentView(ctx.store.db, said.data.incidentId as IncidentId);
    return {
      data: { version: 1, by: said.data.by, again: said.data.again, incident: incidentDocument(view) },
      card: incidentCard(view, { now: ctx.now(), timeZone: ctx.timeZone }),
      exit: 0,
    };
  },
};
