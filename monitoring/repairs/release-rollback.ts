import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Release } from '../../src/domain/release.js';
import type { Io } from '../../src/io/io.js';
import { chooseTarget } from '../release/choose-target.js';
import { releasesDir } from '../release/layout.js';
import type { Crossing } from '../release/preflight/check.js';
import { preflight } from '../release/preflight/index.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget } from './repair.js';
import { inPlaceByHand, inPlaceRoad } from './rollback-in-place.js';
import { inPlaceWitness, surveyInPlace, type InPlaceWitness } from './rollback-in-place-survey.js';
import { releasesByHand, releasesRoad } from './releases-road.js';
import { releasesWitness, surveyReleases, type ReleasesWitness } from './releases-survey.js';
import type { Leg } from './road.js';

/** `to`: an id of the ledger, or a commit from seven digits on; null: the newest stable release. */
export const rollbackArgs = z.strictObject({ to: z.string().min(1).max(200).nullable().default(null), reason: z.string().max(1_000).default('') });
export type RollbackArgs = z.infer<typeof rollbackArgs>;

type Witness = ReleasesWitness | InPlaceWitness;
const witnessSchema = z.discriminatedUnion('mode', [releasesWitness, inPlaceWitness]);

const GOOD_IN_A_ROW = 3;
const MIN_VERIFY_MS = 60_000;

/** A rollback is a release: the way there is the way every release takes, to another commit. */
export const releaseRollback: Repair<RollbackArgs> = {
  kind: 'release.rollback',
  target: 'app',
  summary: 'take an app back to its last stable release',
  refuses: 'no stable release to go to, local edits in the way, other packages that cannot be installed',
  args: rollbackArgs,
  risk: 'disruptive',
  prepare,
  steps: (_target, _args, prepared) => road(witnessSchema.parse(prepared.witness)),
};

async function prepare(target: RepairTarget, args: RollbackArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const chosen = chooseTarget({ ...target, releases: await releasesOf(target) }, args.to);
  if ('refused' in chosen) return chosen;
  const { from, to } = chosen;
  return refusingTrouble(async () => {
    const witness = await survey(target, chosen, io);
    return 'refused' in witness ? witness : plan(target, witness, { from, to, listed: await io.pm2.list() }, io, signal);
  });
}

/** Where the directory is not there, the survey says so. */
async function releasesOf({ release }: RepairTarget): Promise<string | null> {
  return release?.mode === 'releases' ? realpath(releasesDir(release.dir)).catch(() => null) : null;
}

async function survey(target: RepairTarget, { from, to }: { readonly from: Release; readonly to: Release }, io: Io): Promise<Witness | Refusal> {
  const { release, processes: names } = target;
  if (release === null) return { refused: `The config of ${target.name} does not say where its releases stand` };
  if (names.length === 0) return { refused: `${target.name} has no PM2 process in the config` };
  const listed = await io.pm2.list();
  const own = listed.find((one) => names.includes(one.name) && one.pid === process.pid);
  if (own) return { refused: `"${own.name}" is hypercare itself, which is never the target of its own repairs` };
  if (release.mode === 'in-place') return surveyInPlace({ dir: release.dir, from, to, names, listed }, io);
  return surveyReleases({ base: release.dir, repo: release.repo, from, to, names, listed, configFiles: release.configFiles ?? [] }, io);
}

async function plan(target: RepairTarget, witness: Witness, between: Pick<Crossing, 'from' | 'to' | 'listed'>, io: Io, signal: AbortSignal): Promise<Prepared> {
  const { items, migrations } = await preflight(crossingOf(target, witness, between), io, signal);
  const { there, back } = witness.mode === 'in-place' ? inPlaceByHand(witness) : releasesByHand(witness);
  const restarts = witness.processes.reduce((sum, one) => sum + one.instances.length, 0);
  return {
    does: road(witness).map(({ name, does, timeoutMs }) => ({ name, does, timeoutMs })),
    touches: [target.id],
    leadsTo: between.to.id,
    // Migrations stand here and not in the pre-flight alone, so that policy can have a rule on them.
    bounds: { restarts, rollbacks: 1, ...(migrations === null ? {} : { migrations }) },
    verify: { checks: target.checks, good: GOOD_IN_A_ROW, settleMs: target.settleMs, withinMs: Math.max(MIN_VERIFY_MS, 10 * target.settleMs) },
    wayBack: back,
    witness: witness as Json,
    artefacts: [],
    notes: [...modeNotes(witness), `by hand: ${there}`],
    preflight: items,
  };
}

function crossingOf({ name, release, processes, databases = [], past }: RepairTarget, witness: Witness, between: Pick<Crossing, 'from' | 'to' | 'listed'>): Crossing {
  const inPlace = witness.mode === 'in-place';
  return {
    ...between, app: name, processes, databases, past: past ?? null, mode: witness.mode,
    repo: inPlace ? witness.dir : (release?.repo ?? null),
    base: inPlace ? witness.dir : witness.base,
    away: witness.processes.filter((one) => one.verb === 'restart').map((one) => one.name),
    builds: !inPlace && witness.build !== null,
    installs: inPlace ? witness.install !== null : witness.build?.modules.kind === 'install',
  };
}

function road(witness: Witness): readonly Leg[] {
  return witness.mode === 'in-place' ? inPlaceRoad(witness) : releasesRoad(witness);
}

function modeNotes(witness: Witness): readonly string[] {
  if (witness.mode === 'releases') return witness.build ? ['its directory is gone and is built again first, beside the live one'] : [];
  return [
    'in place: files change under the running app, and a kill half way leaves it between two releases until it is tried again',
    `afterwards ${witness.dir} is on no branch: git pull fails there until somebody checks one out`,
  ];
}
