import { errorText, HypercareError } from '../../src/domain/errors.js';
import { EVERYTHING } from '../../src/domain/hold.js';
import { judgeAnchor, readAnchor, writeAnchor, type Anchor, type AnchorVerdict } from '../../src/store/audit-anchor.js';
import { auditHead, MISMATCH } from '../../src/store/audits.js';
import { begin as hold } from './holding.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';

/** So many seconds of entries at most could be cut off unseen while the monitor runs; once it stopped, none. */
const KEEP_EVERY_MS = 60_000;

/** Budgets look back a day at most: what was forgotten counts no more then. */
const HELD_MS = 24 * 3_600_000;

export interface AnchorStage extends Stage {
  /** Compares what stands in the file with the chain, before anything is done on what the store says. */
  begin(ctx: StageContext): Promise<void>;
  /** Writes where the chain stands now; for the monitor's end. Never throws. */
  keep(ctx: StageContext): Promise<void>;
}

/**
 * Keeps the audit chain's head in a file outside of the store. Before each writing, what stands there is compared: newest
 * entries that somebody cut off are missed within a minute. A store that was put back to an older copy has forgotten what
 * was done since, so that nothing is done by itself on it.
 */
export function anchor(file: string): AnchorStage {
  let keptAt: number | null = null;
  let keptHash: string | null = null;
  let begun = false;
  /** Which anchor was found not to fit, and told: where the file cannot be written it stands there at each look. */
  let told: string | null = null;

  async function begin(ctx: StageContext): Promise<void> {
    if (!begun) told = await compare(ctx, file, told);
    begun = true;
  }

  async function keep(ctx: StageContext): Promise<void> {
    try {
      // What is written over can show nothing any more.
      told = await compare(ctx, file, told);
      const head = await auditHead(ctx.store.db, ctx.hostId);
      if (!head || head.hash === keptHash) return;
      await writeAnchor(file, { version: 1, hostId: ctx.hostId, ...head, at: ctx.clock.now() });
      keptHash = head.hash;
    } catch (error) {
      ctx.log.warn({ file, error: errorText(error) }, 'where the audit trail ends could not be written down outside of the store');
    }
  }

  return {
    name: 'anchor',
    begin,
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (keptAt !== null && mono - keptAt < KEEP_EVERY_MS) return false;
      await begin(ctx);
      keptAt = mono;
      await keep(ctx);
      return false;
    },
    keep,
  };
}

/** What does not fit goes into the chain itself, before the file is written anew: from then on it is part of what is proved. */
async function compare(ctx: StageContext, file: string, told: string | null): Promise<string | null> {
  const kept = await readAnchor(file).catch((error: unknown) => (error as HypercareError).message);
  if (kept === null) return told;
  const verdict = typeof kept === 'string' ? null : await judgeAnchor(ctx.store.db, ctx.hostId, kept);
  const says = typeof kept === 'string' ? kept : verdict && sayMismatch(kept, verdict);
  const which = typeof kept === 'string' ? kept : kept.hash;
  if (says === null || which === told) return told;
  ctx.log.error({ mend: 'Compare “hypercare audit export --json” with a copy that was kept elsewhere.' }, says);
  await ctx.store.write(async (tx) => {
    await record(tx, ctx, { who: 'hypercare', what: MISMATCH, why: says, body: { anchor: typeof kept === 'string' ? null : { ...kept } } });
    if (verdict === 'cut' || verdict === 'differs') await hold(tx, ctx, { kind: 'restored', scope: EVERYTHING, author: 'hypercare', reason: says, until: ctx.clock.now() + HELD_MS, key: 'restored' });
  });
  return which;
}

function sayMismatch({ seq, hash }: Anchor, verdict: AnchorVerdict): string | null {
  switch (verdict) {
    case 'holds':
      return null;
    case 'cut':
      return `the audit trail ends before entry ${seq}, which it had: entries were cut off, or the store is an older copy`;
    case 'differs':
      return `entry ${seq} of the audit trail is not the one that was there: its hash was ${hash.slice(0, 12)}`;
    case 'other_store':
      return `the audit trail of another store was kept here before, up to entry ${seq} with hash ${hash.slice(0, 12)}`;
  }
}
