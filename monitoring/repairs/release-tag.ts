import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { releaseName, releasesNamed, type Release } from '../../src/domain/release.js';
import { TAG } from '../../src/domain/routine.js';
import type { Io } from '../../src/io/io.js';
import { maskText } from '../../src/io/mask.js';
import type { Leg } from './road.js';
import { orUnknown } from './road.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget } from './repair.js';

/** `release`: an id of the ledger, or a commit from seven digits on; null: the one that was found stable last. */
export const tagArgs = z.strictObject({ release: z.string().min(1).max(200).nullable().default(null), reason: z.string().max(1_000).default('') });
export type TagArgs = z.infer<typeof tagArgs>;

/** The tag, and the id of its object: the same whenever it is written. */
const witnessSchema = z.object({ repo: z.string(), name: z.string(), commit: z.string(), message: z.string(), at: z.number(), id: z.string() });
type Witness = z.infer<typeof witnessSchema>;

const STEP_MS = 30_000;

/**
 * A copy of what the ledger says, for people and for the day on which the ledger is lost. hypercare itself believes no
 * tag: whoever may push makes tags. It is a write to the operator's repository, and so a plan like any other.
 */
export const releaseTag: Repair<TagArgs> = {
  kind: TAG,
  target: 'app',
  summary: 'write down in git that a release is stable, as an annotated tag; nothing is pushed',
  refuses: 'what is not stable, a commit that is not there, a name that is taken, what is tagged already',
  args: tagArgs,
  risk: 'safe',
  prepare,
  steps: (_target, _args, prepared) => [tagLeg(witnessSchema.parse(prepared.witness))],
};

function prepare(target: RepairTarget, args: TagArgs, io: Io): Promise<Prepared | Refusal> {
  return refusingTrouble(async () => {
    const tag = await planTag(target, args, io);
    return 'refused' in tag ? tag : preparedOf(target, tag);
  });
}

async function planTag(target: RepairTarget, args: TagArgs, io: Io): Promise<Witness | Refusal> {
  const { name: app, release: place } = target;
  if (place === null) return { refused: `The config of ${app} does not say where its releases stand` };
  const given = place.mode === 'in-place' ? place.dir : place.repo;
  if (given === null) return { refused: `The config of ${app} names no repository to write a tag into; say repo below release` };
  const release = stableOne(target, args.release);
  if ('refused' in release) return release;
  const { commit } = release;
  if (commit === null) return { refused: `No commit is known of ${releaseName(release)}` };
  const repo = await realpath(given).catch(() => given);
  if ((await io.git.resolve(repo, commit)) !== commit) return { refused: `${repo} does not have the commit of ${releaseName(release)}; git fetch may bring it` };
  const under = `stable/${app.replace(/[^\w]+/g, '-')}`;
  const [known] = await io.git.tagsAt(repo, commit, under);
  if (known !== undefined) return { refused: `${releaseName(release)} is tagged already, as ${known}` };
  const tag = { repo, name: `${under}/${stamp(release.verdictAt)}`, commit, message: messageOf(target, release), at: release.verdictAt };
  if ((await io.git.tagNamed(repo, tag.name)) !== null) return { refused: `${repo} has another tag ${tag.name} already, and a tag that is there is never moved` };
  return { ...tag, id: await io.git.tagId(tag) };
}

function stableOne({ name, ledger }: RepairTarget, wanted: string | null): Release | Refusal {
  const meant = wanted === null ? ledger : releasesNamed(ledger, wanted);
  const [stable] = meant.filter(({ verdict, quarantinedAt }) => verdict === 'stable' && quarantinedAt === null).toSorted((a, b) => b.verdictAt - a.verdictAt);
  if (stable) return stable;
  if (wanted === null) return { refused: `No release of ${name} was found stable yet, or vouched for: only such a one is tagged` };
  return { refused: meant[0] ? `${releaseName(meant[0])} is ${meant[0].verdict}, and only what was found stable, or vouched for, is tagged` : `There is no release ${wanted.slice(0, 40)} of ${name} in its ledger` };
}

/** In UTC, to the second, as a part of a tag's name: 20261122T153012Z. */
function stamp(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '');
}

/** App, commit, from when to when it was watched, and who called it stable why. */
function messageOf({ name, past }: RepairTarget, release: Release): string {
  const ran = past?.lives.get(release.id)?.stretches.findLast(({ from }) => from <= release.verdictAt);
  const iso = (at: number): string => new Date(at).toISOString();
  return [
    `${name}: release ${releaseName(release)} is stable`,
    '',
    `commit: ${release.commit ?? ''}`,
    `watched: ${ran ? `from ${iso(ran.from)} to ${iso(release.verdictAt)}` : 'not by hypercare'}`,
    `stable since: ${iso(release.verdictAt)}`,
    `said by: ${oneLine(release.verdictReason ?? 'hypercare')}`,
  ].join('\n');
}

/** hypercare's own verdict says no name; a person's begins with theirs. */
function oneLine(reason: string): string {
  const text = maskText(reason.replaceAll('\0', '').replace(/\s+/g, ' ').trim());
  return text.startsWith('marked by ') ? text.slice('marked by '.length) : `hypercare: ${text}`;
}

function preparedOf({ id }: RepairTarget, tag: Witness): Prepared {
  const { name, does, timeoutMs } = tagLeg(tag);
  return {
    does: [{ name, does, timeoutMs }],
    touches: [id],
    bounds: { restarts: 0 },
    // Nothing of the app is changed, so no reading could prove it: its own step does.
    verify: { checks: [], good: 0, settleMs: 0, withinMs: 0, byItself: true },
    wayBack: `git -C ${tag.repo} tag -d ${tag.name}`,
    witness: { ...tag },
    artefacts: [],
    notes: [`it says: ${tag.message.split('\n').filter((line) => line !== '').join('; ')}`],
  };
}

function tagLeg(tag: Witness): Leg {
  return {
    name: 'write the tag',
    does: `git tag -a ${tag.name} ${tag.commit} in ${tag.repo}, if no tag has that name; no hooks, nothing is pushed`,
    timeoutMs: STEP_MS,
    state: (_witness, _receipts, io) => orUnknown(io.git.tagNamed(tag.repo, tag.name).then((id) => (id === null ? 'before' : id === tag.id ? 'after' : 'unknown'))),
    async act(_witness, _receipts, io) {
      const id = await io.git.makeTag(tag);
      return { id, said: `wrote the tag ${tag.name}; git push origin ${tag.name} shares it` };
    },
    undoUntil: 'done',
    undo: (_receipt, io) => io.git.dropTag(tag),
  };
}
