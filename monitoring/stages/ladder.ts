import type { Incident } from '../../src/domain/incident.js';
import { isBetter, orderByEvidence, sayTally, tally, type Tally } from '../../src/domain/learning.js';
import type { Resource } from '../../src/domain/resource.js';
import { outcomesOf } from '../../src/store/outcomes.js';
import { ROLLBACK, type RunbookRung, type StageContext } from './stage.js';

export interface LadderRung extends RunbookRung {
  /** Why it stands before one that the runbook has earlier, in counts; null where the runbook's order holds. */
  readonly learned: string | null;
}

/**
 * What is tried for an incident, in order: the runbook's ladder, and by what became of its repairs against this kind of
 * incident of this app. Judged as of when the incident began, so that an attempt of this very incident moves no rung from
 * under its place in the ladder.
 */
export async function ladderFor(ctx: StageContext, incident: Incident, resource: Resource): Promise<readonly LadderRung[]> {
  const runbook = ctx.settings.ladder(incident.kind, resource);
  const tallies = tally(await outcomesOf(ctx.store.db, resource.id, incident.openedAt)).filter(({ kind }) => kind === incident.kind);
  return orderByEvidence(runbook, tallies, ROLLBACK).map((rung, n) => ({ ...rung, learned: whyHere(rung, runbook.slice(0, runbook.indexOf(rung)), { n, tallies }) }));
}

function whyHere(rung: RunbookRung, earlier: readonly RunbookRung[], { n, tallies }: { readonly n: number; readonly tallies: readonly Tally[] }): string | null {
  if (earlier.length <= n) return null; // It did not move forward.
  const of = (repair: string): Tally | undefined => tallies.find((one) => one.repair === repair);
  const own = of(rung.repair);
  const passed = earlier.flatMap(({ repair }) => of(repair) ?? []).filter((other) => own && isBetter(own, other));
  return own && passed.length > 0 ? `${rung.repair} ${sayTally(own)}, ${passed.map((other) => `${other.repair} ${other.helped} of ${other.runs}`).join(', ')}` : null;
}

/** What people who are asked about a rung should know of it; nothing where the runbook's order holds. */
export async function learnedNotes(ctx: StageContext, repair: string, of: { readonly incident: Incident; readonly resource: Resource }): Promise<readonly string[]> {
  const rung = (await ladderFor(ctx, of.incident, of.resource)).find((one) => one.repair === repair);
  return rung?.learned ? [`It is tried before its turn in the runbook: ${rung.learned}.`] : [];
}
