import { sayDuration } from '../domain/duration.js';
import { sayRestarts, type Debt } from '../domain/debt.js';
import type { Launch } from '../domain/launch.js';
import { DEPLOY_FAILED, releaseName, type Release } from '../domain/release.js';
import type { Stretch } from '../domain/release-life.js';
import type { DeployCheck, WayBack } from '../domain/way-back.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { sayClock, type Reader } from './say-time.js';
import { drawWayBack } from './way-back-part.js';

const MOST_SHOWN = 15;

/** One release of the ledger, with what its past says. */
export interface LedgerLine {
  readonly release: Release;
  readonly isRunning: boolean;
  /** How long it ran, and how long of that without an incident; null: it was never watched. */
  readonly ranMs: number | null;
  readonly healthyMs: number | null;
  /** When it ran, and the launches that saw it, the oldest first. */
  readonly stretches: readonly Stretch[];
  readonly launches: readonly Launch[];
  readonly debt: Debt;
}

/** Every release that is known of an app, and which of them is the way back. */
export function releasesCard(app: string, lines: readonly LedgerLine[], wayBack: WayBack, reader: Reader): Card {
  const shown = lines.slice(0, MOST_SHOWN);
  const more = lines.length - shown.length;
  return noteCard({
    subject: `releases-${app}`, level: wayBack.release === null ? 'warning' : 'info',
    title: wayBack.release ? `${app}: the way back is ${releaseName(wayBack.release)}` : `${app}: there is no way back`,
    body: [
      drawWayBack(app, wayBack, reader),
      ...(lines.length === 0 ? ['No release of it was seen yet.'] : [[...shown.map((line) => drawLine(line, wayBack, reader)), ...(more > 0 ? [`… and ${more} older ones`] : [])].join('\n')]),
    ],
    footer: 'one whole: releases <app> <release>; the way back: rollback <app> --plan',
  });
}

function drawLine({ release, isRunning, ranMs, healthyMs, debt }: LedgerLine, wayBack: WayBack, reader: Reader): string {
  const marks = [...(isRunning ? ['runs now'] : []), ...(release.id === wayBack.release?.id ? ['way back'] : []), ...(release.quarantinedAt === null ? [] : ['quarantined']), ...(release.origin ? [`imported, ${release.verdictReason ?? release.origin}`] : [])];
  const seen = release.firstSeenAt === 0 ? '' : `, ${release.origin ? 'of' : 'first seen'} ${sayClock(release.firstSeenAt, reader)}`;
  const owes = debt.points === 0 ? '' : `, ${sayRestarts(debt)}`;
  return `${releaseName(release)}  ${release.verdict}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}${seen}, ${sayRan({ release, ranMs, healthyMs })}${owes}`;
}

/** How long, and how well; of what was gone back from at once, that. */
export function sayRan({ release, ranMs, healthyMs }: Pick<LedgerLine, 'release' | 'ranMs' | 'healthyMs'>): string {
  if (ranMs !== null) return healthyMs === ranMs ? `ran ${sayDuration(ranMs)}` : `ran ${sayDuration(ranMs)}, ${sayDuration(healthyMs ?? 0)} of it well`;
  return release.verdictReason?.startsWith(DEPLOY_FAILED) ? `${DEPLOY_FAILED}, so it was gone back from` : 'not watched';
}

/** What CI asks before it deploys. */
export function deployCheckCard(app: string, commit: string, check: DeployCheck, reader: Reader): Card {
  const name = commit.slice(0, 7);
  if (check.refused === null && check.failed !== null) {
    return noteCard({ subject: `deploy-${app}-${name}`, level: 'warning', title: `${app}: ${name} may be deployed, but its last deploy failed`, body: [`At ${sayClock(check.failed.at, reader)}: ${check.failed.outcome}.`, 'It is not in quarantine: what failed may have been the place, and not the commit.'] });
  }
  if (check.refused === null) return noteCard({ subject: `deploy-${app}-${name}`, level: 'good', title: `${app}: ${name} may be deployed`, body: [check.known ? 'It is known here, and is not in quarantine.' : 'It was never seen here, so nothing speaks against it.'] });
  return noteCard({
    subject: `deploy-${app}-${name}`, level: 'warning', title: `${app}: ${name} is in quarantine, and is not to be deployed`,
    body: [`It ${check.refused}, on ${sayClock(check.since, reader)}.`, `If you know that it is good by now: releases ${app} --lift ${name} --reason …`],
  });
}
