import { z } from 'zod';
import { baselineCard, type ReleaseBaseline } from '../cards/baseline-card.js';
import type { Check } from '../domain/check.js';
import type { Json } from '../domain/json.js';
import { releaseName, type Release } from '../domain/release.js';
import { baselinesOf } from '../store/baselines.js';
import { checksOf } from '../store/checks.js';
import { newestLaunchOf } from '../store/launches.js';
import { ledgerOf } from '../store/releases.js';
import type { Command, Context } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';

const args = z.strictObject({ app: word });

/** What is “slow” or “much” held against? Exit 3 while that is not known. */
export const baseline: Command<z.output<typeof args>> = {
  name: 'baseline',
  summary: 'what an app’s readings look like when it is healthy',
  usage: 'baseline <app>',
  examples: ['baseline shop'],
  role: 'viewer',
  words: { positionals: ['app'], flags: {} },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    const checks = await checksOf(ctx.store.db, app.id);
    const ledger = await ledgerOf(ctx.store.db, app.id);
    const launched = await newestLaunchOf(ctx.store.db, app.id);
    const current = ledger.find(({ id }) => id === launched?.releaseId) ?? null;
    // The same one that detectors are given: see the monitor's stage that learns.
    const before = ledger.find(({ id, verdict }) => verdict === 'stable' && id !== current?.id) ?? null;
    const [running, stable] = [await ofRelease(ctx, checks, current), await ofRelease(ctx, checks, before)];
    const known = [running, stable].some((one) => one?.checks.some((check) => check.baseline !== null));
    return {
      data: { version: 1, app: app.name, running: running && document(running), stable: stable && document(stable) },
      card: baselineCard(app.name, running, stable),
      exit: known ? 0 : 3,
    };
  },
};

async function ofRelease(ctx: Context, checks: readonly Check[], release: Release | null): Promise<ReleaseBaseline | null> {
  if (release === null) return null;
  const known = await baselinesOf(ctx.store.db, checks.map(({ id }) => id), release.id);
  return { release, checks: checks.map(({ id, name, probe }) => ({ check: name, probe, baseline: known.get(id) ?? null })) };
}

function document({ release, checks }: ReleaseBaseline): Json {
  const known = checks.flatMap(({ check, probe, baseline: one }) => (one === null ? [] : [{ check, probe, readings: one.n, values: one.values.map((value) => value && { median: value.median, p95: value.p95 }) }]));
  return { release: releaseName(release), verdict: release.verdict, checks: known };
}
