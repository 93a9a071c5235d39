import { sayDuration } from '../domain/duration.js';
import { sayRestarts } from '../domain/debt.js';
import type { AppliedMigrations } from '../domain/applied-migrations.js';
import type { Launch } from '../domain/launch.js';
import { releaseName } from '../domain/release.js';
import type { WayBack } from '../domain/way-back.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { sayRan, type LedgerLine } from './releases-card.js';
import { sayClock, type Reader } from './say-time.js';

/** The newest launches of it, and variables by their names. */
const MOST_LAUNCHES = 5;
const MOST_NAMES = 40;
/** A hash is told from another by so many digits; the whole of it stands in --json. */
const DIGITS = 12;
const NOBODY = 'hypercare';

/** All that the ledger keeps of one release; several where one commit ran with several configurations. */
export function releaseCard(app: string, lines: readonly LedgerLine[], wayBack: WayBack, reader: Reader): Card {
  const [{ release }] = lines as readonly [LedgerLine];
  return noteCard({
    subject: `release-${release.id}`,
    level: release.quarantinedAt === null ? 'info' : 'warning',
    title: `${app} ${releaseName(release)}: ${lines.map((line) => titleOf(line, wayBack)).join('; and ')}`,
    body: lines.map((line) => drawRelease(line, reader).join('\n')),
    footer: 'whole hashes and every name: --json',
  });
}

function titleOf({ release, isRunning }: LedgerLine, wayBack: WayBack): string {
  const marks = [...(isRunning ? ['runs now'] : []), ...(release.id === wayBack.release?.id ? ['the way back'] : []), ...(release.quarantinedAt === null ? [] : ['in quarantine']), ...(release.origin ? ['imported'] : [])];
  return [release.verdict, ...marks].join(', ');
}

function drawRelease(line: LedgerLine, reader: Reader): readonly string[] {
  const { release, debt, launches } = line;
  const left = launches.length - MOST_LAUNCHES;
  return [
    `Verdict: ${release.verdict}${release.verdictAt === 0 ? '' : ` since ${sayClock(release.verdictAt, reader)}`}${release.verdictReason === null ? '' : `: ${release.verdictReason}`}.`,
    `Commit: ${release.commit ?? 'not in git'}`,
    `Directory: ${release.dir}`,
    `Lockfile: ${short(release.lockHash)}. Configuration: ${short(release.configHash)}. Node: ${release.nodeVersion ?? 'not known'}.`,
    `Variables: ${drawNames(release.envKeys ?? null)}.`,
    `Migrations: ${drawMigrations(release.migrations ?? null, reader)}.`,
    `It ${sayIt(line)}${debt.points === 0 ? ', and owes nothing' : `; ${sayRestarts(debt)} kept it going`}.`,
    ...launches.slice(-MOST_LAUNCHES).map((launch) => drawLaunch(launch, reader)),
    ...(left > 0 ? [`… and ${left} earlier ${left === 1 ? 'launch' : 'launches'}`] : []),
  ];
}

function sayIt(line: LedgerLine): string {
  const ran = sayRan(line);
  return ran === 'not watched' ? 'was not watched' : ran.startsWith('ran') ? ran : `did not stay live: ${ran}`;
}

function short(hash: string | null): string {
  return hash === null ? 'none' : hash.slice(0, DIGITS);
}

function drawNames(names: readonly string[] | null): string {
  if (names === null) return 'not written down';
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return `${names.length} names${names.length === 0 ? '' : ` (${shown}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''})`}`;
}

function drawMigrations(found: AppliedMigrations | null, reader: Reader): string {
  if (found === null) return 'not read; where it uses a PostgreSQL that is watched, they are within two minutes of settling';
  const each = found.tables.map(({ database, tool, names }) => `${tool} in ${database}: ${names.length} applied${names.length === 0 ? '' : `, the newest ${names.at(-1)}`}`);
  const all = [...each, ...found.unread.map((line) => `not read: ${line}`)];
  return `${all.length === 0 ? 'no table of a migration tool was found' : all.join('; ')} (${sayClock(found.at, reader)})`;
}

function drawLaunch({ startedAt, endedAt, state, who, why }: Launch, reader: Reader): string {
  const by = who == null ? '' : who === NOBODY ? ', seen by hypercare' : ` by ${who}`;
  const end = endedAt === null ? 'is being watched' : `${state.replace('_', ' ')} at ${sayClock(endedAt, reader)}, after ${sayDuration(Math.max(0, endedAt - startedAt))}`;
  return `Launched ${sayClock(startedAt, reader)}${by} (${why}): ${end}.`;
}
