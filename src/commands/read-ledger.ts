import { createHash } from 'node:crypto';
import type { LedgerLine } from '../cards/releases-card.js';
import type { Json } from '../domain/json.js';
import type { Launch } from '../domain/launch.js';
import { releaseName } from '../domain/release.js';
import { ranMs } from '../domain/release-life.js';
import type { Resource } from '../domain/resource.js';
import { wayBackOf, type WayBack } from '../domain/way-back.js';
import { releaseLives } from '../store/app-past.js';
import { debtBy } from '../store/debts.js';
import { launchesOf } from '../store/launches.js';
import { ledgerOf } from '../store/releases.js';
import type { Context } from './command.js';
import { iso } from './iso.js';

/** Launches further back than this many are not told. */
const MOST_LAUNCHES = 500;

/** Every release that is known of an app, with what its past says, and which is the way back. */
export async function readLedger(ctx: Context, app: Resource): Promise<{ readonly lines: readonly LedgerLine[]; readonly wayBack: WayBack }> {
  const { db } = ctx.store;
  const now = ctx.now();
  const [ledger, lives, launches] = [await ledgerOf(db, app.id), await releaseLives(db, app.id, now), await launchesOf(db, app.id, MOST_LAUNCHES)];
  const running = launches[0]?.releaseId ?? null;
  const wayBack = running === null ? { release: null, why: 'what runs is not known yet', restorable: true, passedOver: [] } : wayBackOf(ledger, running);
  const lines: LedgerLine[] = [];
  for (const release of ledger) {
    const life = lives.get(release.id);
    const [first, last] = [life?.stretches[0], life?.stretches.at(-1)];
    const ran = life ? ranMs(life, now) : null;
    lines.push({
      release, isRunning: release.id === running, ranMs: ran, healthyMs: life && ran !== null ? Math.max(0, ran - life.sickMs) : null,
      stretches: life?.stretches ?? [], launches: launches.filter(({ releaseId }) => releaseId === release.id).toReversed(),
      debt: await debtBy(db, app.id, { from: first?.from ?? now, until: last ? (last.until ?? now) : now }),
    });
  }
  return { lines, wayBack };
}

/** One release, as a document. The hash of the variables' names is what two releases are compared by. */
export function ledgerDocument({ release, isRunning, ranMs: ran, healthyMs, stretches, launches, debt }: LedgerLine, wayBack: WayBack): Json {
  return {
    release: releaseName(release), commit: release.commit, dir: release.dir, verdict: release.verdict, why: release.verdictReason, verdictAt: iso(release.verdictAt || null), firstSeenAt: iso(release.firstSeenAt || null), imported: release.origin ?? null,
    running: isRunning, wayBack: release.id === wayBack.release?.id, quarantinedAt: iso(release.quarantinedAt), lockHash: release.lockHash, configHash: release.configHash, nodeVersion: release.nodeVersion,
    envKeys: release.envKeys ? [...release.envKeys] : null, envKeysHash: release.envKeys ? hashOf(release.envKeys) : null, ranMs: ran, healthyMs, debt: debt.points,
    ran: stretches.map(({ from, until }) => ({ from: iso(from), until: iso(until) })),
    launches: launches.map(launchDocument),
    migrations: release.migrations
      ? { readAt: iso(release.migrations.at), tables: release.migrations.tables.map(({ database, tool, table, names }) => ({ database, tool, table, names: [...names] })), unread: [...release.migrations.unread] }
      : null,
  };
}

function launchDocument({ id, startedAt, endedAt, state, who, why }: Launch): Json {
  return { launch: id, startedAt: iso(startedAt), endedAt: iso(endedAt), state, who: who ?? null, why };
}

function hashOf(names: readonly string[]): string {
  return createHash('sha256').update([...names].sort().join('\n')).digest('hex');
}
