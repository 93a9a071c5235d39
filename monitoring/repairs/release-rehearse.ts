import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import { sayBytes } from '../../src/domain/bytes.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { releaseName } from '../../src/domain/release.js';
import type { Io } from '../../src/io/io.js';
import { freeMemoryBytes } from '../../src/io/free-memory.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { chooseTarget } from '../release/choose-target.js';
import { releasesDir } from '../release/layout.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget } from './repair.js';
import { readyRoad } from './releases-road.js';
import { releasesWitness, surveyReleases, type ReleasesWitness } from './releases-survey.js';

/** `to`: as of a rollback; null: where a rollback would go now. */
export const rehearseArgs = z.strictObject({ to: z.string().min(1).max(200).nullable().default(null), reason: z.string().max(1_000).default('') });
export type RehearseArgs = z.infer<typeof rehearseArgs>;

/** So many times the memory of the largest worker has to be free, and what stays for the app that is live. */
const TIMES_WORKER = 1.5;
const RESERVE_BYTES = 128 * 1024 * 1024;

/** The part of a rollback's road that touches nothing live, walked while nobody is in a hurry. */
export const releaseRehearse: Repair<RehearseArgs> = {
  kind: 'release.rehearse',
  target: 'app',
  summary: 'build and look at the release a rollback would go to, without going there',
  refuses: 'in place, no stable release to go to',
  args: rehearseArgs,
  risk: 'safe',
  prepare,
  steps: (target, _args, prepared) => readyRoad(releasesWitness.parse(prepared.witness), target.release?.smoke),
};

function prepare(target: RepairTarget, args: RehearseArgs, io: Io): Promise<Prepared | Refusal> {
  return refusingTrouble(() => planRehearsal(target, args, io));
}

async function planRehearsal(target: RepairTarget, args: RehearseArgs, io: Io): Promise<Prepared | Refusal> {
  const { release, name } = target;
  if (release === null) return { refused: `The config of ${name} does not say where its releases stand` };
  if (release.mode !== 'releases') return { refused: `${name} runs from one git tree (mode in-place): there is no place beside it to try a release in` };
  const chosen = chooseTarget({ ...target, releases: await realpath(releasesDir(release.dir)).catch(() => null) }, args.to);
  if ('refused' in chosen) return chosen;
  const listed = await io.pm2.list();
  const road = await surveyReleases({ base: release.dir, repo: release.repo, ...chosen, names: target.processes, listed, configFiles: release.configFiles ?? [] }, io);
  if ('refused' in road) return road;
  const smoke = smokeFor(target, listed);
  const witness: ReleasesWitness = { ...road, ...(smoke.check ? { smoke: smoke.check } : {}) };
  return {
    does: readyRoad(witness, release.smoke).map(({ name: step, does, timeoutMs }) => ({ name: step, does, timeoutMs })),
    touches: [target.id],
    rehearses: chosen.to.id,
    bounds: { restarts: 0 },
    // Nothing of the app is changed, so no reading could prove it: its own last step does.
    verify: { checks: [], good: 0, settleMs: 0, withinMs: 0, byItself: true },
    wayBack: 'nothing to go back from: what is live is not touched',
    witness: witness as Json,
    artefacts: [],
    notes: [`the way back from ${releaseName(chosen.from)} leads to ${releaseName(chosen.to)}${witness.build ? ', which has to be built' : ', whose directory is there'}`, smoke.note],
  };
}

/** Started only where the operator said how, and where the live app does not lack the memory for it. */
function smokeFor({ release, processes }: RepairTarget, listed: readonly Pm2Process[]): { readonly check: ReleasesWitness['smoke'] | null; readonly note: string } {
  const declared = release?.smoke;
  if (!declared) return { check: null, note: 'it is not started: no smoke check is declared' };
  const largest = Math.max(0, ...listed.filter(({ name }) => processes.includes(name)).map(({ memoryBytes }) => memoryBytes ?? 0));
  const [needs, free] = [TIMES_WORKER * largest + RESERVE_BYTES, freeMemoryBytes()];
  if (free === null || free < needs) return { check: null, note: `it is not started: ${free === null ? 'how much memory is free cannot be told' : `${sayBytes(free)} of memory are free`}, and ${sayBytes(needs)} are needed` };
  return { check: { command: [...declared.command], path: declared.path, timeoutMs: declared.timeoutMs }, note: 'it is started on a spare port and asked' };
}
