import type { Hold } from '../../src/domain/hold.js';
import { maintenanceAt, nextMaintenance } from '../../src/policy/maintenance.js';
import { readFreeze } from '../../src/store/freeze-file.js';
import { begin, end } from './holding.js';
import type { StageContext } from './stage.js';

const FILE_KEY = 'freeze-file';

/** The freeze file holds by itself; its row is there so that people see it, and that it is told and audited. */
export async function keepFreezeFile(ctx: StageContext, open: readonly Hold[]): Promise<boolean> {
  const file = await readFreeze(ctx.freezeFile);
  const row = open.find(({ key }) => key === FILE_KEY);
  if ((file === null) === (row === undefined)) return false;
  await ctx.store.write(async (tx) => {
    if (row) await end(tx, ctx, row, { cause: 'the freeze file was removed' });
    else if (file) await begin(tx, ctx, { kind: 'freeze', scope: '*', author: file.author, reason: file.reason, until: null, key: FILE_KEY });
  });
  return true;
}

/** Maintenance windows of the config, as rows while they last. */
export function planned(): { keep(ctx: StageContext, open: readonly Hold[]): Promise<boolean>; nextAt(ctx: StageContext): number | null } {
  let next: number | null | undefined;

  return {
    async keep(ctx, open) {
      const now = ctx.clock.now();
      let changed = false;
      for (const window of ctx.settings.maintenance) {
        const key = `maintenance:${window.name}`;
        if (open.some((hold) => hold.key === key)) continue; // Its end is known: to look for it is a walk through a day.
        const until = maintenanceAt(window, now);
        if (until === null) continue;
        await ctx.store.write((tx) => begin(tx, ctx, { kind: 'maintenance', scope: window.apps, author: 'hypercare.yaml', reason: window.name, until, key }));
        next = undefined;
        changed = true;
      }
      return changed;
    },
    /** Looked for once, and again when it has come: it is a walk through a week. */
    nextAt(ctx) {
      const now = ctx.clock.now();
      if (next === undefined || (next !== null && next <= now)) next = nextMaintenance(ctx.settings.maintenance, now);
      return next;
    },
  };
}
