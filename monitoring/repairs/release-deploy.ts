import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { releaseName, rollbackTarget, sayBad, type Release } from '../../src/domain/release.js';
import type { Io } from '../../src/io/io.js';
import { findCommit } from '../release/find-commit.js';
import { releaseDir } from '../release/layout.js';
import { oldReleases } from '../release/old-releases.js';
import { deployNotes, lookBetween } from './deploy-notes.js';
import { unlisted } from './process-plan.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget } from './repair.js';
import { releasesByHand, releasesRoad } from './releases-road.js';
import { releasesWitness, surveyReleases, type ReleasesWitness } from './releases-survey.js';

/** `ref`: a branch, a tag, or a commit from seven digits on. `override`: why a commit that was found bad goes live all the same. */
export const deployArgs = z.strictObject({
  ref: z.string().min(1, 'is empty').max(200, 'is longer than 200 characters'),
  reason: z.string().max(1_000).default(''),
  override: z.string().trim().min(1).max(500).nullable().default(null),
});
export type DeployArgs = z.infer<typeof deployArgs>;

const GOOD_IN_A_ROW = 3;
const MIN_VERIFY_MS = 60_000;

/** The way every release takes to go live; a rollback takes the same to an old one. */
export const releaseDeploy: Repair<DeployArgs> = {
  kind: 'release.deploy',
  target: 'app',
  summary: 'build a commit beside the live release, and switch to it',
  refuses: 'in place, what was found bad (without a reason), unknown refs, and where the disk has no room',
  args: deployArgs,
  risk: 'disruptive',
  prepare,
  steps: (target, _args, prepared) => releasesRoad(releasesWitness.parse(prepared.witness), target.release?.smoke),
};

function prepare(target: RepairTarget, args: DeployArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  return refusingTrouble(() => planDeploy(target, args, io, signal));
}

async function planDeploy(target: RepairTarget, args: DeployArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const { release, running, name } = target;
  if (release === null) return { refused: `The config of ${name} does not say where its releases stand` };
  if (release.mode !== 'releases') return { refused: `${name} runs from one git tree (mode in-place): what is deployed there is pulled into it. Only releases that stand side by side are built beside the live one; README says how to come there` };
  if (release.repo === null) return { refused: `The config of ${name} names no repository to build from: give its release a repo` };
  if (running === null) return { refused: `What runs of ${name} is not known yet, so there would be no way back` };
  const found = await findCommit({ repo: release.repo, ref: args.ref }, io.git);
  if ('refused' in found) return found;
  const { commit } = found;
  if (running.commit === commit) return { refused: `${releaseName(running)} is live already` };
  const bad = target.ledger.find((one) => one.commit === commit && one.quarantinedAt !== null);
  if (bad && args.override === null) return { refused: `${releaseName(bad)} ${sayBad(bad)}; to deploy it all the same say why, with --override "<reason>"` };
  const of = { repo: release.repo, from: running, commit };
  const between = await lookBetween(of, io);
  const witness = await survey(target, { release, running, commit, onTrial: between.migrations === 0 }, io);
  if ('refused' in witness) return witness;
  const although = bad ? [`${releaseName(bad)} ${sayBad(bad)}, and is deployed all the same: ${args.override ?? ''}`] : [];
  return plan(target, { witness, commit, migrations: between.migrations, notes: [...although, ...(await deployNotes({ ...of, app: name, between }, witness, io, signal))] });
}

/** The road a rollback takes, with what only a deploy does. */
async function survey(target: RepairTarget, to: { readonly release: NonNullable<RepairTarget['release']>; readonly running: Release; readonly commit: string; readonly onTrial: boolean }, io: Io): Promise<ReleasesWitness | Refusal> {
  const { processes: names, name } = target;
  const { release, running, commit } = to;
  const [none] = names;
  if (none === undefined) return { refused: `${name} has no PM2 process in the config` };
  const listed = await io.pm2.list();
  const own = listed.find((one) => names.includes(one.name) && one.pid === process.pid);
  if (own) return { refused: `"${own.name}" is hypercare itself, which is never the target of its own repairs` };
  const missing = names.find((one) => !listed.some((instance) => instance.name === one));
  if (missing !== undefined) return { refused: unlisted(missing) };
  const base = await realpath(release.dir).catch(() => release.dir);
  const road = await surveyReleases({ base: release.dir, repo: release.repo, from: running, to: { commit, dir: releaseDir(base, commit) }, names, listed, configFiles: release.configFiles ?? [] }, io);
  if ('refused' in road) return road;
  const wayBack = rollbackTarget(target.ledger, running.id)?.dir;
  const removes = await oldReleases(base, { dirs: [road.from, road.to, ...(wayBack === undefined ? [] : [wayBack])], listed, oneMore: road.build !== null });
  const { smoke } = release;
  return { ...road, ...(to.onTrial ? { onTrial: true } : {}), removes: [...removes], ...(smoke ? { smoke: { command: [...smoke.command], path: smoke.path, timeoutMs: smoke.timeoutMs } } : {}) };
}

function plan(target: RepairTarget, { witness, commit, migrations, notes }: { readonly witness: ReleasesWitness; readonly commit: string; readonly migrations: number | null; readonly notes: readonly string[] }): Prepared {
  const { there, back } = releasesByHand(witness);
  const restarts = witness.processes.reduce((sum, one) => sum + one.instances.length, 0);
  return {
    does: releasesRoad(witness, target.release?.smoke).map(({ name, does, timeoutMs }) => ({ name, does, timeoutMs })),
    touches: [target.id],
    brings: commit,
    bounds: { restarts, ...(migrations === null ? {} : { migrations }) },
    verify: { checks: target.checks, good: GOOD_IN_A_ROW, settleMs: target.settleMs, withinMs: Math.max(MIN_VERIFY_MS, 10 * target.settleMs) },
    wayBack: back,
    witness: witness as Json,
    artefacts: [],
    notes: [...notes, `by hand, once it is built: ${there}`],
  };
}
