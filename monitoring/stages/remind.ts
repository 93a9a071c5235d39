import type { Incident } from '../../src/domain/incident.js';
import { remindAt } from '../../src/domain/reminder.js';
import { lastCall } from '../../src/store/calls.js';
import { tell } from '../../src/store/events.js';
import { getIncident, openIncidents } from '../../src/store/incidents.js';
import { openQuestions } from '../../src/store/questions.js';
import { warnAt } from './answer.js';
import type { Stage, StageContext } from './stage.js';

/**
 * The machine has stopped, or waits for an answer, and users are hurt: whoever was called may have overslept it. Until
 * somebody says that he has seen it, people are reminded a few times, each later than the one before; what is told is how the incident stands by then. Nothing is
 * kept but the events themselves, so that a restart forgets no reminder and makes none twice.
 */
export const remind: Stage = {
  name: 'remind',
  onlyWhenOpen: true,
  async run(ctx) {
    const now = ctx.clock.now();
    for (const { incident, at } of await reminders(ctx)) {
      if (at > now) continue;
      await ctx.store.write(async (tx) => {
        if ((await getIncident(tx, incident.id)).closedAt === null) await tell(tx, ctx.hostId, { kind: 'incident.reminded', incidentId: incident.id }, now);
      });
    }
    return false;
  },
  async nextAt(ctx) {
    const times = (await reminders(ctx)).map(({ at }) => at);
    return times.length === 0 ? null : Math.min(...times);
  },
};

/** The next one of each incident that waits for people. */
async function reminders(ctx: StageContext): Promise<readonly { readonly incident: Incident; readonly at: number }[]> {
  const { db } = ctx.store;
  const grave = (await openIncidents(db, ctx.hostId)).filter(({ severity, ackedBy }) => severity === 'critical' && ackedBy === null);
  if (grave.length === 0) return [];
  const questions = new Map((await openQuestions(db, ctx.hostId)).map((question) => [question.appId, question]));
  const next = await Promise.all(grave.map(async (incident) => {
    const question = questions.get(incident.resourceId);
    if (incident.state !== 'escalated' && !question) return [];
    const call = await lastCall(db, incident.id);
    const at = call && remindAt({ ...call, warnedAt: question ? warnAt(question) : null });
    return at === null ? [] : [{ incident, at }];
  }));
  return next.flat();
}
