import { errorText } from '../../src/domain/errors.js';
import { releaseName, type Release } from '../../src/domain/release.js';
import { sha256 } from '../../src/io/hash.js';
import type { Io } from '../../src/io/io.js';
import { looksLikeMigration } from '../release/preflight/migrations.js';
import { sayOthers } from '../release/preflight/others.js';
import { lockfileAt } from '../release/node-modules.js';
import type { ReleasesWitness } from './releases-survey.js';

const MAX_PATHS = 20_000;
const NAMED = 5;
/** Older code may not stand a newer schema: whether to go back is for people then. */
const STAYS = 'if the app is not well afterwards it is not gone back from by itself';

export interface Between {
  /** What lies between the two, one line each. */
  readonly notes: readonly string[];
  /** Files that look like migrations and differ; null where that cannot be told. */
  readonly migrations: number | null;
}

/** What a person should know before a commit goes live, one line each. Reads only. */
export async function deployNotes({ app, repo, from, commit, between }: { readonly app: string; readonly repo: string; readonly from: Release; readonly commit: string; readonly between: Between }, witness: ReleasesWitness, { git, pm2, exec }: Pick<Io, 'git' | 'pm2' | 'exec'>, signal: AbortSignal): Promise<readonly string[]> {
  const subject = await git.subject(repo, commit).catch(() => null);
  const lockfile = await lockfileAt(git, repo, commit);
  const lock = lockfile === null ? null : sha256(lockfile.text);
  const others = await sayOthers({ app, base: witness.base, processes: witness.processes.map(({ name }) => name), listed: await pm2.list() }, exec, signal);
  const away = witness.processes.filter((one) => one.verb === 'restart').map((one) => one.name);
  return [
    `from ${releaseName(from)} to ${commit.slice(0, 7)}${subject === null ? '' : ` “${subject}”`}${witness.build ? '' : ', which is built already'}`,
    ...between.notes,
    ...(lock === null || from.lockHash === null ? [] : [lock === from.lockHash ? 'the lockfile is equal' : 'the lockfile differs']),
    away.length === 0 ? 'expected downtime: none, workers are replaced one by one' : `expected downtime: about as long as ${away.join(' and ')} ${away.length === 1 ? 'takes' : 'take'} to start`,
    ...(others === null ? [] : [others]),
    witness.smoke ? 'before it goes live it is started on a spare port and asked' : 'it is not started before it goes live: no smoke check is declared',
  ];
}

/** The files that the running release and a commit differ in. */
export async function lookBetween({ repo, from, commit }: { readonly repo: string; readonly from: Release; readonly commit: string }, { git }: Pick<Io, 'git'>): Promise<Between> {
  const changed = from.commit === null ? 'no commit is known of what runs' : await git.changed(repo, from.commit, commit, MAX_PATHS).catch(errorText);
  if (typeof changed === 'string') return { notes: [`which files differ is not known: ${changed}; ${STAYS}`], migrations: null };
  const { paths, total } = changed;
  const migrations = paths.filter(looksLikeMigration).length;
  const more = total > NAMED ? ` and ${total - NAMED} more` : '';
  const files = total === 0 ? 'no file differs' : `${total === 1 ? 'one file differs' : `${total} files differ`}: ${paths.slice(0, NAMED).join(', ')}${more}`;
  const warning = `${migrations === 1 ? 'one migration file differs' : `${migrations} migration files differ`}; hypercare runs none, and ${STAYS}`;
  return { migrations, notes: migrations === 0 ? [files] : [files, warning] };
}
