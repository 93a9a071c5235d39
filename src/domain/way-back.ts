import type { ReleaseId } from './ids.js';
import { rollbackTarget, sayBad, type Release } from './release.js';

/** Where a rollback goes now, and why there; `release` null: nowhere. */
export interface WayBack {
  readonly release: Release | null;
  readonly why: string;
  /** False: what runs could not be brought back later either, so that to vouch for it helps nothing. */
  readonly restorable: boolean;
  /** Of `release` null: the one that runs is stable, and so the way back of the next that goes live. */
  readonly atNext?: boolean;
  /** Releases that were found good or bad, or seen, after that one and are not gone to, newest first. */
  readonly passedOver: readonly { readonly release: Release; readonly why: string }[];
}

/** Answers “which is the way back now, and why?” from the ledger alone. Of what was only imported, what nobody judged is not named: a repository may have hundreds of tags. */
export function wayBackOf(all: readonly Release[], runningId: ReleaseId): WayBack {
  const ledger = all.filter(({ origin, verdict, id }) => id === runningId || !origin || verdict !== 'unwatched');
  const release = rollbackTarget(ledger, runningId);
  const others = ledger.filter(({ id }) => id !== runningId && id !== release?.id);
  const later = others.filter(({ firstSeenAt }) => release === null || firstSeenAt > release.firstSeenAt).toSorted((a, b) => b.firstSeenAt - a.firstSeenAt);
  const running = all.find(({ id }) => id === runningId);
  const restorable = running === undefined || running.commit !== null || ledger.some(({ dir }) => dir !== running.dir);
  if (!release && !restorable) return { release, why: 'it runs in a directory that is not in git, so there is nothing older to go to', restorable, passedOver: [] };
  return {
    release,
    restorable,
    ...(release === null && running?.verdict === 'stable' && running.quarantinedAt === null ? { atNext: true } : {}),
    why: release ? (release.verdictReason ?? 'it was found stable') : whyNone(ledger.length, all.length),
    passedOver: later.map((one) => ({ release: one, why: whyNot(one) })),
  };
}

/** What was only imported was never seen, so nobody found it good. */
function whyNone(seen: number, known: number): string {
  if (seen > 1) return 'no other release of it was found stable, or vouched for';
  const imported = known - seen;
  if (imported <= 0) return 'only what runs was ever seen';
  return `only the release that runs was ever watched, and ${imported === 1 ? 'the other one is' : `the ${imported} others are`} known from git tags or pm2 deploy alone`;
}

function whyNot(release: Release): string {
  if (release.verdict === 'bad' || release.quarantinedAt !== null) return sayBad(release);
  if (release.verdict === 'stable') return 'is stable too, and was found so earlier';
  const reason = release.verdictReason === null ? '' : `: ${release.verdictReason}`;
  return `was never found stable (${release.verdict}${reason})`;
}

/** A deploy that did not come about: nothing that forbids another, and worth to know before it. */
export interface FailedTry {
  readonly at: number;
  readonly outcome: string;
}

/** What CI may do with a commit: `refused` says why it is not to be deployed. */
export type DeployCheck = { readonly known: boolean; readonly refused: null; readonly failed: FailedTry | null } | { readonly known: true; readonly refused: string; readonly since: number };

/** A commit in quarantine is not deployed again; one that nobody has seen has nothing against it. */
export function mayDeploy(named: readonly Release[], failed: FailedTry | null): DeployCheck {
  const bad = named.filter(({ quarantinedAt }) => quarantinedAt !== null).toSorted((a, b) => (b.quarantinedAt ?? 0) - (a.quarantinedAt ?? 0))[0];
  return bad ? { known: true, refused: sayBad(bad), since: bad.quarantinedAt ?? 0 } : { known: named.length > 0, refused: null, failed };
}
