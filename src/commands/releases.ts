import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { releaseCard } from '../cards/release-card.js';
import { deployCheckCard, releasesCard } from '../cards/releases-card.js';
import { HypercareError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { releaseName, releasesNamed, type Release } from '../domain/release.js';
import type { Resource } from '../domain/resource.js';
import { mayDeploy, wayBackOf, type WayBack } from '../domain/way-back.js';
import { failedTryOf } from '../store/deploy-tries.js';
import { ledgerOf } from '../store/releases.js';
import { strangeAnswer } from './accepted.js';
import type { Command, Context, Result } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';
import { iso } from './iso.js';
import { ledgerDocument, readLedger } from './read-ledger.js';

const commit = z.string().trim().toLowerCase().regex(/^[0-9a-f]{7,64}$/, 'takes a commit, by seven digits or more');
/** What is shown of a word from outside. */
const WORD_SHOWN = 40;
const args = z.strictObject({ app: word, release: word.optional(), check: commit.optional(), lift: commit.optional(), reason: reason.optional(), revert: commit.optional(), into: word.optional() })
  .refine((wanted) => [wanted.release, wanted.check, wanted.lift, wanted.revert].filter((one) => one !== undefined).length <= 1, { path: ['check'], message: 'stands alone: a release, --check, --lift and --revert are one at a time' })
  .refine((wanted) => wanted.lift === undefined || wanted.reason !== undefined, { path: ['reason'], message: 'is missing: lifting a quarantine carries its reason' })
  .refine((wanted) => (wanted.revert === undefined) === (wanted.into === undefined), { path: ['into'], message: 'names the file that --revert writes' });
const lifted = z.object({ release: z.string(), was: z.string() });

/** What is known of an app's releases? For CI: may this commit be deployed? */
export const releases: Command<z.output<typeof args>> = {
  name: 'releases',
  summary: 'the releases of an app, which is the way back and why, and what may be deployed',
  usage: 'releases <app> [<release> | --check <commit> | --lift <commit> --reason <why> | --revert <commit> --into <file>]',
  examples: ['releases shop', 'releases shop 4f2a91c', 'releases shop --check 4f2a91c', 'releases shop --revert 4f2a91c --into back.patch'],
  role: 'viewer',
  words: {
    positionals: ['app', 'release'],
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
    return wanted.release === undefined ? list(ctx, app) : show(ctx, app, wanted.release);
  },
};

async function list(ctx: Context, app: Resource): Promise<Result> {
  const { lines, wayBack } = await readLedger(ctx, app);
  return {
    data: { version: 1, app: app.name, wayBack: wayBackDocument(wayBack), releases: lines.map((line) => ledgerDocument(line, wayBack)) },
    card: releasesCard(app.name, lines, wayBack, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: wayBack.release === null ? 1 : 0,
  };
}

/** One of them whole; of several with one commit, which differ in configuration or lockfile, each. */
async function show(ctx: Context, app: Resource, wanted: string): Promise<Result> {
  const { lines, wayBack } = await readLedger(ctx, app);
  const meant = new Set(releasesNamed(lines.map(({ release }) => release), wanted));
  const found = lines.filter(({ release }) => meant.has(release));
  if (found.length === 0) throw new HypercareError('release.unknown', 'invalid', `there is no release “${wanted.slice(0, WORD_SHOWN)}” of ${app.name}`, `“releases ${app.name}” lists them. A commit is named by seven digits or more.`);
  return {
    data: { version: 1, app: app.name, releases: found.map((line) => ledgerDocument(line, wayBack)) },
    card: releaseCard(app.name, found, wayBack, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: 0,
  };
}

function wayBackDocument({ release, why, passedOver }: WayBack): Json {
  return { release: release && releaseName(release), commit: release?.commit ?? null, why, passedOver: passedOver.map((one) => ({ release: releaseName(one.release), why: one.why })) };
}

/** Needs no monitor, so that CI can ask at any time. */
async function checkCommit(ctx: Context, app: Resource, wanted: string): Promise<Result> {
  const check = mayDeploy(releasesNamed(await ledgerOf(ctx.store.db, app.id), wanted), await failedTryOf(ctx.store.db, app.id, wanted));
  return {
    data: { version: 1, app: app.name, commit: wanted, mayDeploy: check.refused === null, known: check.known, why: check.refused, failed: check.refused === null && check.failed ? { at: iso(check.failed.at), outcome: check.failed.outcome } : null },
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
