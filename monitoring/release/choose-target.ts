import { releaseName, rollbackTarget, type Release } from '../../src/domain/release.js';

export interface Ledger {
  /** The app's name, for people. */
  readonly name: string;
  readonly running: Release | null;
  readonly ledger: readonly Release[];
}

/** So many of the other releases are named, the newest first: a person may know one of them to be good. */
const MAX_NAMED = 5;
/** A short hash names a commit from seven digits on. */
const COMMIT = /^[0-9a-f]{7,64}$/;

/**
 * Which release a rollback goes to, and from which. `to`: an id of the ledger or a commit; null: the newest stable one.
 * Never simply the one before: that it ran says nothing of whether it was good.
 */
export function chooseTarget({ name, running, ledger }: Ledger, to: string | null): { readonly from: Release; readonly to: Release } | { readonly refused: string } {
  if (running === null) return { refused: `What runs of ${name} is not known yet, so there is no way to say back from what` };
  if (to === null) {
    const stable = rollbackTarget(ledger, running.id);
    return stable ? { from: running, to: stable } : { refused: noneStable(name, ledger.filter(({ id }) => id !== running.id)) };
  }
  const named = ledger.filter((release) => release.id === to || (COMMIT.test(to) && release.commit?.startsWith(to)));
  const others = named.filter((release) => release.id !== running.id);
  const good = others.find((release) => release.verdict !== 'bad' && release.quarantinedAt === null);
  if (good) return { from: running, to: good };
  const [bad] = others;
  if (bad) return { refused: `${releaseName(bad)} was found bad${bad.verdictReason ? ` (${bad.verdictReason})` : ''} and is not gone back to` };
  if (named.length > 0) return { refused: `${releaseName(running)} is what runs already` };
  return { refused: `No release of ${name} that was ever seen is called ${JSON.stringify(to.slice(0, 80))}` };
}

function noneStable(name: string, others: readonly Release[]): string {
  if (others.length === 0) return `There is no release of ${name} to go back to yet: only the running one was ever seen. One becomes stable by passing its watch, or by “restore-point ${name}” while it runs`;
  const seen = others.toSorted((a, b) => b.firstSeenAt - a.firstSeenAt).slice(0, MAX_NAMED).map((release) => `${releaseName(release)} (${release.verdict})`);
  return `No release of ${name} but the running one is marked stable; one that a person knows to be good can be named with --to. Seen were ${seen.join(', ')}`;
}
