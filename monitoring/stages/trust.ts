import type { TrustProposal } from '../../src/domain/trust.js';
import type { Resource } from '../../src/domain/resource.js';
import { openProposals } from '../../src/policy/standing.js';
import { tell } from '../../src/store/events.js';
import { outcomesOf } from '../../src/store/outcomes.js';
import { listResources } from '../../src/store/resources.js';
import { wasProposed } from '../../src/store/proposals.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';

/** Evidence is a matter of days. */
const LOOK_EVERY_MS = 3_600_000;

/**
 * Proposes to people to trust a repair on an app more, or less, where its runs speak for that; each proposal once. The
 * policy stays as people wrote it. It never wakes the loop, which looks often enough.
 */
export function trust(): Stage {
  let lookedAt = 0;
  return {
    name: 'trust',
    waits: (_glance, now) => now - lookedAt >= LOOK_EVERY_MS || now < lookedAt,
    async run(ctx) {
      lookedAt = ctx.clock.now();
      for (const app of await listResources(ctx.store.db, ctx.hostId)) {
        if (app.kind !== 'app') continue;
        const open = openProposals(await outcomesOf(ctx.store.db, app.id, lookedAt), ctx.settings.policy, app.name);
        if (open.length > 0) await ctx.store.write((tx) => propose(tx, ctx, app, open));
      }
      return false;
    },
  };
}

async function propose(tx: Db, ctx: StageContext, app: Resource, proposals: readonly TrustProposal[]): Promise<void> {
  const now = ctx.clock.now();
  for (const { repair, from, to, runs, since } of proposals) {
    if (await wasProposed(tx, ctx.hostId, { app: app.id, repair, to, since })) continue;
    await tell(tx, ctx.hostId, { kind: 'trust.proposed', body: { app: app.id, repair, to, runs } }, now);
    await record(tx, ctx, { who: 'hypercare', what: `proposed ${to} in place of ${from} for ${repair} on ${app.name}`, why: `${runs} runs in a row ${to === 'ask' ? 'did not help' : 'helped after a yes'}`, body: { target: app.id, repair, to, runs } });
  }
}
