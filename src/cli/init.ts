import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { noteCard } from '../cards/note-card.js';
import type { Result } from '../commands/command.js';
import { parseEnvFile } from '../config/env-file.js';
import { HypercareError } from '../domain/errors.js';
import { systemClock } from '../io/clock.js';
import { createGit } from '../io/git.js';
import { createHttp } from '../io/http.js';
import { createLogger } from '../io/log.js';
import { packageRoot } from '../io/package-root.js';
import { createPm2 } from '../io/pm2-client.js';
import type { CliIo } from './cli-io.js';
import { ask, describe, usualChoices } from './init/ask.js';
import { draft, type Choices, type Draft } from './init/draft.js';
import { findApps, type FoundApp } from './init/find-apps.js';
import { replaceFile } from './replace-file.js';
import { ownWords } from './usage.js';

const PM2_WITHIN_MS = 5_000;

/**
 * Looks what PM2 runs here, asks four questions, and writes hypercare.yaml and .env, where --config or HYPERCARE_CONFIG
 * say; never over a file that is there.
 */
export async function init(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  const { flags } = ownWords('init', words);
  const unnamed = resolve(io.cwd, io.env['HYPERCARE_CONFIG'] || join(packageRoot(), 'hypercare.yaml'));
  const file = named === null ? unnamed : resolve(io.cwd, named);
  if (existsSync(file)) throw new HypercareError('init.there', 'invalid', `there is a configuration already: ${file}`, 'Change it, and look with “hypercare config check”; or write another one with “hypercare init --config <file>”.');
  const yes = flags['yes'] === true;
  if (!yes && !(io.stdout.isTTY && process.stdin.isTTY)) throw new HypercareError('init.unasked', 'invalid', 'there is no terminal to ask questions at', 'Write “hypercare init --yes”: every question is then answered by its default.');
  const pm2Home = resolve(io.cwd, io.env['PM2_HOME'] || join(io.home, '.pm2'));
  const found = await look(pm2Home);
  const usual = usualChoices(found, io.user);
  const choices = yes ? usual : await ask(found, usual);
  if (choices === null) return { data: { version: 1, file, written: false, apps: [] }, card: noteCard({ subject: 'init', level: 'info', title: 'nothing was written' }), exit: 1 };
  const written = draft(found, choices);
  const kept = await write(file, written);
  return told({ file, found, choices, written, kept, place: file === unnamed ? null : file });
}

async function look(pm2Home: string): Promise<readonly FoundApp[]> {
  const http = createHttp();
  const pm2 = createPm2({ home: pm2Home, clock: systemClock, log: createLogger({ format: 'text', level: 'silent' }), timeoutMs: PM2_WITHIN_MS });
  try {
    const found = await findApps({ pm2, git: createGit(), http });
    if (found.length > 0) return found;
    throw new HypercareError('init.empty', 'invalid', `the PM2 of ${pm2Home} runs no app`, 'Start your apps with pm2, then write “hypercare init” again. Where another user runs them, set PM2_HOME.');
  } catch (error) {
    if (!(error instanceof HypercareError) || error.code !== 'pm2.dead') throw error;
    throw new HypercareError('init.no_pm2', 'invalid', `no PM2 runs for ${pm2Home}`, 'Start your apps with pm2, then write “hypercare init” again. Where another user runs them, set PM2_HOME.');
  } finally {
    await Promise.all([pm2.close(), http.close()]);
  }
}

/** The secrets first: a configuration without them would be there, and wrong. */
async function write(file: string, written: Draft): Promise<readonly string[]> {
  try {
    const kept = await addToEnv(join(dirname(file), '.env'), written.env);
    await writeFile(file, written.yaml, { flag: 'wx' });
    return kept;
  } catch (error) {
    throw new HypercareError('init.unwritten', 'permanent', `${file} cannot be written`, 'Make its directory, or let this user write there; then write “hypercare init” again.', { cause: error });
  }
}

/** Adds what is not there yet, in a file that its owner alone can read. Returns the names that stood there before: those are left as they are. */
async function addToEnv(file: string, lines: Draft['env']): Promise<readonly string[]> {
  if (lines.length === 0) return [];
  const before = existsSync(file) ? await readFile(file, 'utf8') : '';
  const known = parseEnvFile(before).values;
  const fresh = lines.filter(({ name }) => known[name] === undefined);
  const text = [before.trimEnd(), ...fresh.map(({ name, value }) => `${name}=${quoted(value)}`)].filter((part) => part !== '').join('\n');
  replaceFile(file, `${text}\n`, 0o600);
  return lines.filter(({ name }) => known[name] !== undefined).map(({ name }) => name);
}

/** As `parseEnvFile` reads it back. */
function quoted(value: string): string {
  return /^[^\s#'"\\]*$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

interface Told {
  readonly file: string;
  readonly found: readonly FoundApp[];
  readonly choices: Choices;
  readonly written: Draft;
  readonly kept: readonly string[];
  /** The file, where nothing but --config leads to it; else null. */
  readonly place: string | null;
}

function told({ file, found, choices, written, kept, place }: Told): Result {
  const watched = found.filter(({ name }) => choices.watch.includes(name));
  const secrets = written.env.filter(({ value }) => value !== '').map(({ name }) => name);
  const notes = [
    ...(secrets.length > 0 ? [`.env beside it holds ${secrets.join(', ')}, for this user's eyes only`] : []),
    ...(kept.length > 0 ? [`${kept.join(', ')} stood in .env before, and was left as it is`] : []),
    ...watched.filter(({ release }) => release === null).map(({ name }) => `${name} is not in git: it is watched and repaired, and has no way back`),
  ];
  return {
    data: { version: 1, file, written: true, apps: watched.map(({ name, url, paths, release, servers }) => ({ name, url, paths: [...paths], release: release === null ? null : release.mode, servers: servers.map(({ kind, setting }) => ({ kind, setting })) })) },
    card: noteCard({
      subject: 'init', level: 'good', title: `${file} is written: ${watched.length} ${watched.length === 1 ? 'app' : 'apps'}`,
      body: [watched.map((app) => `${app.name}: ${describe(app)}`).join('\n'), ...(notes.length > 0 ? [notes.join('\n')] : [])],
      footer: nextSteps(choices, place).join('\n'),
    }),
    exit: 0,
  };
}

/** What stands elsewhere is found only where it is named. */
function nextSteps({ rung, tell }: Choices, place: string | null): readonly string[] {
  const first = { terminal: [], slack: ['First:  npx hypercare slack manifest, and the tokens into .env'], telegram: ['First:  TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID into .env'] }[tell];
  const named = place === null || /^[\w./-]+$/.test(place) ? place : `'${place.replaceAll("'", "'\\''")}'`;
  return [...first, `Next:   ${named === null ? '' : `HYPERCARE_CONFIG=${named} `}npm start${rung === 'observe' ? ' (it looks only, and says what it would do)' : ''}`, `Then:   npx hypercare status${named === null ? '' : ` --config ${named}`}`];
}
