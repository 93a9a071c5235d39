import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Context } from '../commands/command.js';
import { createContext } from '../commands/context.js';
import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import { dashboardAddress } from '../domain/dashboard-address.js';
import { HypercareError } from '../domain/errors.js';
import { CHANNEL } from '../io/notify-carrier.js';
import { storeAddress } from '../store/address.js';
import { anchorFile } from '../store/audit-anchor.js';
import { dataDirProblem } from '../store/data-dir.js';
import { freezeFile } from '../store/freeze-file.js';
import { hostByName } from '../store/hosts.js';
import { notify } from '../store/notify.js';
import { personOf } from '../store/people.js';
import { isMigrated } from '../store/migrate.js';
import { openStore, reach, type Store, type StoreAddress } from '../store/store.js';
import type { CliIo } from './cli-io.js';
import { findConfig, type ConfigPaths } from './find-config.js';
import { brokenLine, readConfig, readPolicy, readRemains } from './load-config.js';

/** A store that is there, and who speaks to it. The caller closes it. */
export interface Installation {
  readonly ctx: Context;
  close(): Promise<void>;
}

/**
 * Opens what the monitor made. It never makes or changes a table, and writes nothing but requests and answers.
 * `strict`: throws ConfigMistakes where the configuration has some; else they are told in one line, and throw only
 * where what is left of it leads to no store.
 */
export async function openInstallation(io: CliIo, named: string | null, strict: boolean): Promise<Installation> {
  const paths = findConfig(io, named);
  const absent = whyNot(paths.file);
  if (absent !== null) throw absent === MISSING && named !== null ? new HypercareError('config.missing', 'invalid', `there is no file ${paths.file}`, 'Correct the path after --config.') : notThere(paths.file, absent);
  const { config, secrets, broken } = strict ? { ...(await readConfig(io, paths)), broken: null } : await readRemains(io, paths);
  try {
    const installation = await open(io, { paths, config, secrets });
    if (broken !== null) io.stderr.write(`${brokenLine(broken, config.dataDir)}\n`);
    return installation;
  } catch (error) {
    throw broken !== null && error instanceof HypercareError && error.code === 'store.none' ? broken : error;
  }
}

interface Found {
  readonly paths: ConfigPaths;
  readonly config: Config;
  readonly secrets: Secrets;
}

async function open(io: CliIo, { paths, config, secrets }: Found): Promise<Installation> {
  const store = await openExisting(storeAddress(config, secrets));
  try {
    return { ctx: await speak(io, paths, config, store), close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openExisting(address: StoreAddress): Promise<Store> {
  const absent = 'file' in address ? whyNot(address.file) : null;
  const unwritable = 'file' in address && absent === MISSING ? dataDirProblem(dirname(address.file)) : null;
  // A start would not help: the monitor could not make its store there.
  if (unwritable !== null) throw new HypercareError('store.dir', 'transient', `there is no store, and none can be made: ${unwritable}`, null);
  if ('file' in address && absent !== null) throw notThere(`store ${address.file}`, absent);
  const where = 'file' in address ? `the store ${address.file}` : 'the PostgreSQL of DATABASE_URL';
  const mend = 'file' in address ? 'Check that it belongs to this user and is a store of hypercare.' : 'Check that it runs, and that DATABASE_URL is right.';
  let store: Store | null = null;
  try {
    store = openStore(address);
    await reach(store);
    return store;
  } catch (error) {
    await store?.close();
    throw new HypercareError('store.unreadable', 'transient', `${where} cannot be opened`, mend, { cause: error });
  }
}

async function speak(io: CliIo, paths: ConfigPaths, config: Config, store: Store): Promise<Context> {
  if (!(await isMigrated(store))) {
    throw new HypercareError('store.version', 'transient', 'the store was made by another version of hypercare, or is just being made', 'Run “npm start”: the monitor brings it to this version. Then ask again.');
  }
  const host = await hostByName(store.db, config.host);
  if (!host) throw nothingYet(`no monitor of the host ${config.host} has run with this store`);
  return createContext({
    store, hostId: host.id, person: await personOf(store.db, host.id, { platform: 'terminal', userId: io.user }), via: 'terminal', userId: io.user, unnamed: !isNamed(config), nonce: randomUUID(), timeZone: io.timeZone, tiers: config.watch.tiers, settleMs: config.watch.settleMs, policy: config.policy, auditAnchor: anchorFile(config.pm2Home), freezeFile: freezeFile(config),
    dashboardAt: config.api === null ? null : dashboardAddress(config.api), privately: true,
    now: () => io.clock.now(),
    sleep: (ms) => io.clock.sleep(ms),
    poke: () => notify(store, CHANNEL, config.host),
    readPolicy: (file) => readPolicy(io, paths, file),
    writeRevert: async (job) => {
      const [{ createExec }, revert] = await Promise.all([import('../io/exec.js'), import('./write-revert.js')]);
      return revert.writeRevert({ exec: createExec(), config, cwd: io.cwd }, job);
    },
    async repairs() {
      const [{ repairs }, { argWords }] = await Promise.all([import('../../monitoring/repairs/index.js'), import('../../monitoring/repairs/arg-words.js')]);
      return Object.values(repairs).map(({ kind, target, summary, refuses, risk, args }) => ({ kind, target, summary, refuses, risk, takes: argWords(args) }));
    },
  });
}

/** Is anybody known at the terminal by the configuration's own words? */
function isNamed(config: Config): boolean {
  return config.people.some(({ accounts }) => accounts.some(({ platform }) => platform === 'terminal'));
}

const MISSING = 'ENOENT';

/** Null for a file that is there; else the system's code for why it cannot be seen. */
function whyNot(file: string): string | null {
  try {
    statSync(file);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === undefined || code === 'ENOTDIR' ? MISSING : code;
  }
}

/** What nobody made, and what this user may not see, are different things to do something about. */
function notThere(what: string, code: string): HypercareError {
  if (code === MISSING) return nothingYet(`there is no ${what}`);
  return new HypercareError('store.unreadable', 'transient', `${what.startsWith('/') ? what : `the ${what}`} cannot be looked at by this user (${code})`, 'Ask as the user that hypercare runs as: sudo -u <user> npx hypercare …');
}

function nothingYet(why: string): HypercareError {
  return new HypercareError('store.none', 'transient', `nothing has run here yet: ${why}`, 'Start it with “npm start”; or name the configuration it runs with: --config <file>.');
}
