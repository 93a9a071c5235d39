import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import { SWITCHED } from '../../src/domain/remediation.js';
import { buildRelease, isBuilt, type BuildPlan } from '../release/build.js';
import { currentLink } from '../release/layout.js';
import type { SmokeCheck } from '../release/smoke.js';
import { readCurrent, switchCurrent } from '../release/switch.js';
import { lookLeg, removeLeg, restorePointLeg, smokeLeg } from './release-legs.js';
import { releasesWitness, type ReleasesWitness } from './releases-survey.js';
import { startingMs, WAY_BACK, workerLegs, orUnknown, type Leg } from './road.js';
import { actOn, areAsNoted, backVerb, processPosition, untilStarted, verbFor, type RolledProcess } from './road-workers.js';

/** npm and what compiles for it; minutes were measured where a native module is built. */
const BUILD_MS = 600_000;
const SWITCH_MS = 10_000;

/**
 * Remove what is old · build where it is missing · look whether it is whole · start it for a look · save how it stands ·
 * note the way back · switch the link · each process · look that all came up. A deploy takes this road to a new commit
 * and a rollback to an old one; `smoke` is what the operator declared, which a deploy alone asks for.
 */
export function releasesRoad(witness: ReleasesWitness, smoke?: SmokeCheck): readonly Leg[] {
  const to = { dir: witness.to, place: witness.base, shown: witness.to, moved: [SWITCHED] };
  return [...readyRoad(witness, smoke), ...(witness.look ? [restorePointLeg(witness)] : []), wayBackLeg(witness), switchLeg(witness), ...workerLegs(witness.processes, to)];
}

/** The part of the road that touches nothing live. */
export function readyRoad(witness: ReleasesWitness, smoke?: SmokeCheck): readonly Leg[] {
  return [
    ...(witness.removes && witness.removes.length > 0 ? [removeLeg(witness.base, witness.removes)] : []),
    ...(witness.build ? [buildLeg(witness.build)] : []),
    ...(witness.look ? [lookLeg(witness.to, witness.look)] : []),
    ...(witness.smoke ? [smokeLeg(witness.to, witness.smoke, smoke)] : []),
  ];
}

function buildLeg(plan: BuildPlan): Leg {
  const modules = { none: 'no packages needed', copy: `copy node_modules of ${plan.modules.kind === 'copy' ? plan.modules.from : ''}`, install: 'npm ci --omit=dev' }[plan.modules.kind];
  const links = plan.links.length > 0 ? `; symlink ${plan.links.map(({ name, text }) => `${name} → ${text}`).join(', ')}` : '';
  return {
    name: `build ${plan.commit.slice(0, 7)}`,
    does: `git archive ${plan.commit} of ${plan.repo} → ${plan.dir}${links}; ${modules}`,
    timeoutMs: BUILD_MS,
    state: async () => ((await isBuilt(plan)) ? 'after' : 'before'),
    async act(_witness, _receipts, io, signal) {
      await buildRelease(plan, BUILD_MS - SWITCH_MS, io, signal);
      return { dir: plan.dir };
    },
    // No undo: a directory more beside the live one harms nothing, and the next attempt finds it built.
  };
}

/**
 * Written down before anything moves, and undone last, after the link is back: workers follow the link, so going back
 * has the same order as going there, and not the reverse. It also covers a step whose receipt a crash swallowed.
 */
function wayBackLeg(witness: ReleasesWitness): Leg {
  const when = witness.onTrial ? 'if a later step fails, or the app is not well afterwards' : 'if a later step fails';
  return {
    name: WAY_BACK,
    does: `${when}: ${currentLink(witness.base)} → ${witness.from}, and ${witness.processes.map((one) => one.name).join(', ')} anew`,
    timeoutMs: startingMs(witness.processes),
    state: async (_witness, receipts) => (receipts[WAY_BACK] === undefined ? 'before' : 'after'),
    act: async () => witness as Json,
    ...standsOnceDone(witness),
    async undo(receipt, io, signal) {
      const noted = releasesWitness.parse(receipt);
      await switchCurrent(noted.base, { from: noted.to, to: noted.from });
      const wanted = { dir: noted.from, since: io.clock.now() };
      const moved: RolledProcess[] = [];
      for (const process of noted.processes) {
        if ((await areAsNoted([process], io)) || (await processPosition(process.name, { ...wanted, since: null }, io)) === 'after') continue;
        moved.push(process);
        const instances = (await io.pm2.list()).filter((one) => one.name === process.name);
        await actOn({ name: process.name, verb: verbFor(instances, io.clock.now()) }, io, signal);
      }
      await untilStarted(moved, wanted, startingMs(noted.processes), io, signal);
    },
  };
}

/**
 * Where the release gone back to fails too, the newer one is no better: people decide which of the two shall run. What
 * was deployed, on the other hand, came from one that ran.
 */
function standsOnceDone({ onTrial }: ReleasesWitness): Pick<Leg, 'undoUntil'> {
  return onTrial ? {} : { undoUntil: 'done' };
}

function switchLeg(witness: ReleasesWitness): Leg {
  const { base, from, to } = witness;
  return {
    name: SWITCHED,
    does: `rename ${currentLink(base)} → ${to}, now ${from}`,
    timeoutMs: SWITCH_MS,
    state: () => orUnknown(readCurrent(base).then((now) => (now?.dir === to ? 'after' : now?.dir === from ? 'before' : 'unknown'))),
    async act(_witness, _receipts, io) {
      // Before the rename: PM2 may start a worker from the new target the moment after it.
      const at = io.clock.now();
      await switchCurrent(base, { from, to });
      return { base, from, to, at };
    },
    ...standsOnceDone(witness),
    async undo(receipt) {
      const done = z.object({ base: z.string(), from: z.string(), to: z.string() }).parse(receipt);
      await switchCurrent(done.base, { from: done.to, to: done.from });
    },
  };
}

/** How a person would do it by hand. */
export function releasesByHand({ base, from, to, processes }: ReleasesWitness): { readonly there: string; readonly back: string } {
  const point = (dir: string, verb: typeof backVerb): string => `ln -sfn ${dir} ${currentLink(base)} && ${processes.map((one) => `pm2 ${verb(one)} ${one.name}`).join(' && ')}`;
  return { there: point(to, ({ verb }) => verb), back: point(from, backVerb) };
}
