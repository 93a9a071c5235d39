import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { deployCheckCard, releasesCard, type LedgerLine } from '../cards/releases-card.js';
import { HypercareError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { releaseName, releasesNamed, type Release } from '../domain/release.js';
import { ranMs } from '../domain/release-life.js';
import type { Resource } from '../domain/resource.js';
import { mayDeploy, wayBackOf, type WayBack } from '../domain/way-back.js';
import { releaseLives } from '../store/app-past.js';
import { debtBy } from '../store/debts.js';
import { newestLaunchOf } from '../store/launches.js';
import { ledgerOf } from '../store/releases.js';
import { strangeAnswer } from './accepted.js';
import type { Command, Context, Result } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';
import { iso } from './iso.js';

const commit = z.string().trim().toLowerCase().regex(/^[0-9a-f]{7,64}$/, 'takes a commit, by seven digits or more');
const args = z.strictObject({ app: word, check: commit.optional(), lift: commit.optional(), reason: reason.optional(), revert: commit.optional(), into: word.optional() })
  .refine((wanted) => [wanted.check, wanted.lift, wanted.revert].filter((one) => one !== undefined).length <= 1, { path: ['check'], message: 'stands alone, without --lift and --revert' })
  .refine((wanted) => wanted.lift === undefined || wanted.reason !== undefined, { path: ['reason'], message: 'is missing: lifting a quarantine carries its reason' })
  .refine((wanted) => (wanted.revert === undefined) === (wanted.into === undefined), { path: ['into'], message: 'names the file that --revert writes' });
const lifted = z.object({ release: z.string(), was: z.string() });

/** What is known of an app's releases? For CI: may this commit be deployed? */
export const releases: Command<z.output<typeof args>> = {
  name: 'releases',
  summary: 'the releases of an app, which is the way back and why, and what may be deployed',
  usage: 'releases <app> [--check <commit> | --lift <commit> --reason <why> | --revert <commit> --into <file>]',
  examples: ['releases shop', 'releases shop --check 4f2a91c', 'releases shop --revert 4f2a91c --into back.patch'],
  role: 'viewer',
  words: {
    positionals: ['app'],
    flags: {
      check: { type: 'string', about: 'may this commit be deployed? Exit 1: it is in quarantine' },
      lift: { type: 'string', about: 'take this commit out of quarantine' },
      reason: { type: 'string', about: 'why, for the audit trail' },
      revert: { type: 'string', about: 'write a patch that takes this commit back to the way back' },
      into: { type: 'string', about: 'the file the patch is written to' },
    },
  },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    if (wanted.check !== undefined) return checkCommit(ctx, app, wanted.check);
    if (wanted.lift !== undefined) return lift(ctx, app, wanted.lift, wanted.reason ?? '');
    if (wanted.revert !== undefined) return revert(ctx, app, wanted.revert, wanted.into ?? '');
    return list(ctx, app);
  },
};

async function list(ctx: Context, app: Resource): Promise<Result> {
  const { db } = ctx.store;
  const now = ctx.now();
  const [ledger, lives, running] = [await ledgerOf(db, app.id), await releaseLives(db, app.id, now), (await newestLaunchOf(db, app.id))?.releaseId ?? null];
  const wayBack = running === null ? { release: null, why: 'what runs is not known yet', restorable: true, passedOver: [] } : wayBackOf(ledger, running);
  const lines: LedgerLine[] = [];
  for (const release of ledger) {
    const life = lives.get(release.id);
    const [first, last] = [life?.stretches[0], life?.stretches.at(-1)];
    const ran = life ? ranMs(life, now) : null;
    lines.push({ release, isRunning: release.id === running, ranMs: ran, healthyMs: life && ran !== null ? Math.max(0, ran - life.sickMs) : null, debt: await debtBy(db, app.id, { from: first?.from ?? now, until: last ? (last.until ?? now) : now }) });
  }
  return {
    data: { version: 1, app: app.name, wayBack: wayBackDocument(wayBack), releases: lines.map((line) => document(line, wayBack)) },
    card: releasesCard(app.name, lines, wayBack, { now, timeZone: ctx.timeZone }),
    exit: wayBack.release === null ? 1 : 0,
  };
}

function wayBackDocument({ release, why, passedOver }: WayBack): Json {
  return { release: release && releaseName(release), commit: release?.commit ?? null, why, passedOver: passedOver.map((one) => ({ release: releaseName(one.release), why: one.why })) };
}

function document({ release, isRunning, ranMs: ran, healthyMs, debt }: LedgerLine, wayBack: WayBack): Json {
  return {
    release: releaseName(release), commit: release.commit, dir: release.dir, verdict: release.verdict, why: release.verdictReason, verdictAt: iso(release.verdictAt || null), firstSeenAt: iso(release.firstSeenAt || null), imported: release.origin ?? null,
    running: isRunning, wayBack: release.id === wayBack.release?.id, quarantinedAt: iso(release.quarantinedAt), lockHash: release.lockHash, configHash: release.configHash, nodeVersion: release.nodeVersion,
    envKeys: release.envKeys ? [...release.envKeys] : null, ranMs: ran, healthyMs, debt: debt.points,
  };
}

/** Needs no monitor, so that CI can ask at any time. */
async function checkCommit(ctx: Context, app: Resource, wanted: string): Promise<Result> {
  const check = mayDeploy(releasesNamed(await ledgerOf(ctx.store.db, app.id), wanted));
  return {
    data: { version: 1, app: app.name, commit: wanted, mayDeploy: check.refused === null, known: check.known, why: check.refused },
    card: deployCheckCard(app.name, wanted, check, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: check.refused === null ? 0 : 1,
  };
}

async function lift(ctx: Context, app: Resource, wanted: string, why: string): Promise<Result> {
  const said = lifted.safeParse(await ctx.ask({ verb: 'lift-quarantine', resourceId: app.id, args: { app: app.name, commit: wanted, reason: why } }));
  if (!said.success) throw strangeAnswer();
  return {
    data: { version: 1, app: app.name, release: said.data.release, was: said.data.was, reason: why },
    card: noteCard({ subject: `lift-${app.id}`, level: 'good', title: `${app.name}: ${said.data.release} may be deployed again`, body: [`It ${said.data.was}. It counts as never watched from now on. Reason: ${why}`] }),
    exit: 0,
  };
}

/** From the bad one to the way back, or to what runs by now where that is it. */
async function revert(ctx: Context, app: Resource, wanted: string, into: string): Promise<Result> {
  if (!ctx.writeRevert) throw new HypercareError('releases.terminal_only', 'invalid', 'a patch is written in the terminal alone', 'Ask there: hypercare releases <app> --revert <commit> --into <file>.');
  const ledger = await ledgerOf(ctx.store.db, app.id);
  const bad = releasesNamed(ledger, wanted).find((release) => release.commit !== null);
  if (!bad?.commit) throw new HypercareError('release.unknown', 'invalid', `no release of ${app.name} that was seen is called ${wanted}`, `“releases ${app.name}” lists them.`);
  const good = goodFor(ledger, bad);
  if (!good?.commit) throw new HypercareError('release.no_way_back', 'permanent', `there is no stable release of ${app.name} to take ${releaseName(bad)} back to`, 'Vouch for one: restore-point <app> --reason …');
  const { bytes } = await ctx.writeRevert({ app: app.name, from: bad.commit, to: good.commit, why: bad.verdictReason ?? 'taken back', into });
  return {
    data: { version: 1, app: app.name, from: bad.commit, to: good.commit, file: into, bytes },
    card: noteCard({
      subject: `revert-${app.id}`, level: 'good', title: `${app.name}: ${into} takes ${releaseName(bad)} back to ${releaseName(good)}`,
      body: [`In a clone of its repository:\ngit am --3way ${into}\nthen look at it and push. hypercare pushes nothing.`],
    }),
    exit: 0,
  };
}

function goodFor(ledger: readonly Release[], bad: Release): Release | null {
  return wayBackOf(ledger, bad.id).release;
}
