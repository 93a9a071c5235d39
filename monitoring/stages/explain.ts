import { waitOf } from '../../src/domain/wait.js';
import { getIncident, openIncidents } from '../../src/store/incidents.js';
import { changeWait, currentWait } from '../../src/store/spans.js';
import { waitFacts } from '../../src/store/wait-facts.js';
import type { Stage } from './stage.js';

/**
 * Writes down what each open incident waits for, whenever that changes. It looks at the same rows as the stages before
 * it, so that a stage that returns without acting need not say why, and cannot forget to.
 */
export const explain: Stage = {
  name: 'explain',
  onlyWhenOpen: true,
  async run(ctx) {
    for (const incident of await openIncidents(ctx.store.db, ctx.hostId)) {
      const now = ctx.clock.now();
      const wait = waitOf(await waitFacts(ctx.store.db, incident, now), now);
      const before = await currentWait(ctx.store.db, incident.id);
      if (wait?.kind === before?.kind && wait?.text === before?.text) continue;
      await ctx.store.write(async (tx) => {
        if ((await getIncident(tx, incident.id)).closedAt === null) await changeWait(tx, incident.id, wait, now);
      });
    }
    return false;
  },
};
