import { releaseName, releasesNamed, sayBad, rollbackTarget, type Release } from '../../src/domain/release.js';
import { releaseIn } from './layout.js';

export interface Ledger {
  /** The app's name, for people. */
  readonly name: string;
  readonly running: Release | null;
  readonly ledger: readonly Release[];
  /** The real path of the directory that holds its releases; null: they are commits of one tree, or it is not there. */
  readonly releases: string | null;
}

/** So many of the other releases are named, the newest first: a person may know one of them to be good. */
const MAX_NAMED = 5;

/**
 * Which release a rollback goes to, and from which. `to`: an id of the ledger or a commit; null: the newest stable one.
 * Never simply the one before: that it ran says nothing of whether it was good. Never one that stands elsewhere than the
 * app's releases do: whatever made the ledger hold it, it is another app's.
 */
export function chooseTarget({ name, running, ledger, releases }: Ledger, to: string | null): { readonly from: Release; readonly to: Release } | { readonly refused: string } {
  if (running === null) return { refused: `What runs of ${name} is not known yet, so there is no way to say back from what` };
  if (to === null) {
    const own = ledger.filter((release) => isOwn(release, releases));
    const stable = rollbackTarget(own, running.id);
    return stable ? { from: running, to: stable } : { refused: noneStable({ name, running, releases, others: own.filter(({ id }) => id !== running.id) }) };
  }
  const named = releasesNamed(ledger, to);
  const others = named.filter((release) => release.id !== running.id);
  const good = others.filter((release) => release.verdict !== 'bad' && release.quarantinedAt === null).sort((a, b) => Number(isOwn(b, releases)) - Number(isOwn(a, releases)))[0];
  if (good && !isOwn(good, releases)) return { refused: `${releaseName(good)} was seen in ${good.dir}, which is not below ${releases}, and is not gone to` };
  if (good) return { from: running, to: good };
  const [bad] = others;
  if (bad) return { refused: `${releaseName(bad)} ${sayBad(bad)}, and is not gone back to` };
  if (named.length > 0) return { refused: `${releaseName(running)} is what runs already` };
  return { refused: `No release of ${name} that was ever seen is called ${JSON.stringify(to.slice(0, 80))}` };
}

function isOwn({ dir }: Release, releases: string | null): boolean {
  return releases === null || releaseIn(releases, dir) !== null;
}

function noneStable({ name, running, releases, others }: { readonly name: string; readonly running: Release; readonly releases: string | null; readonly others: readonly Release[] }): string {
  const isNext = running.verdict === 'stable' && running.quarantinedAt === null && (releases !== null || running.commit !== null);
  const seen = sayNamable(others.filter((one) => isNamable(one, running, releases)));
  if (isNext) return `What runs of ${name} (${releaseName(running)}) is stable, and no other release of it is: it is the way back of the next that goes live${seen === null ? '' : `. Until then ${seen}`}`;
  if (seen !== null) return `No release of ${name} is marked stable; ${seen}`;
  const why = others.length === 0 ? 'only the running one was ever seen' : `of the others that were seen none can be gone to: ${sayNewest(others, releaseName)}`;
  return `There is no release of ${name} to go back to yet: ${why}. One becomes stable by passing its watch, or by “restore-point ${name}” while it runs`;
}

/** Would a rollback that names it begin? In one tree a release is its commit. */
function isNamable({ verdict, quarantinedAt, commit, dir }: Release, running: Release, releases: string | null): boolean {
  const elsewhere = dir !== running.dir || (commit !== null && commit !== running.commit);
  return verdict !== 'bad' && quarantinedAt === null && elsewhere && (releases !== null || commit !== null);
}

/** As `--to` takes them. */
function sayNamable(others: readonly Release[]): string | null {
  return others.length === 0 ? null : `one that a person knows to be good can be named with --to. Seen were ${sayNewest(others, ({ commit, id }) => commit?.slice(0, 7) ?? id)}`;
}

function sayNewest(others: readonly Release[], named: (release: Release) => string): string {
  return others.toSorted((a, b) => b.firstSeenAt - a.firstSeenAt).slice(0, MAX_NAMED).map((release) => `${named(release)} (${release.quarantinedAt === null ? release.verdict : 'in quarantine'})`).join(', ');
}
