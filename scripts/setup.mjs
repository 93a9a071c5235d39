/** What both `npm start` and `npm test` need before anything else: tools, dependencies, a build. No dependency of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const NEEDED_NODE = [20, 19];
const SOURCES = ['src', 'monitoring', 'bot', 'scripts', 'tsconfig.json', 'tsconfig.build.json', 'package.json'];
/** better-sqlite3 compiles for minutes where its prebuilt binary cannot be fetched. */
const INSTALL_WITHIN_MS = 20 * 60_000;
const BUILD_WITHIN_MS = 5 * 60_000;
const STILL_AT_IT_MS = 20_000;
const TAIL_LINES = 30;

/** A failure that a person can mend; its message says how. */
export class SetupError extends Error {}

/** Throws SetupError where Node is too old or git is missing. */
export function checkTools(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major < NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor < NEEDED_NODE[1])) {
    throw new SetupError(`hypercare needs Node.js ${NEEDED_NODE.join('.')} or newer; this is ${version}. Install a newer one (https://nodejs.org) and try again.`);
  }
  if (spawnSync('git', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new SetupError('hypercare needs git, and there is none on PATH. Install it (on Debian: apt-get install git) and try again.');
  }
}

/**
 * Nothing, where the lock file and Node's native interface are those of the last time. `npm ci` empties node_modules
 * before it begins: monitor and bot that run would lose what they load later, and a failure would leave nothing at all.
 * So where only the lock file changed, npm brings what is there up to it, and puts it back when it fails.
 */
export async function install(say) {
  const stampFile = join(root, 'node_modules', '.hypercare-install');
  const native = `${process.versions.modules}:`;
  const stamp = native + hashOf([join(root, 'package-lock.json')], '');
  const before = readOr(stampFile);
  if (before === stamp) return;
  if (before === null && installedByHand()) return writeFileSync(stampFile, stamp);
  refuseLink(join(root, 'node_modules'));
  const inPlace = before?.startsWith(native) ?? false;
  say(inPlace ? 'Bringing the dependencies up to date …' : 'Installing dependencies (npm ci). The first time this takes some minutes …');
  await runQuietly(say, 'installing', npm([...(inPlace ? ['install', '--no-save'] : ['ci']), '--include=dev', '--no-audit', '--no-fund']), INSTALL_WITHIN_MS);
  writeFileSync(stampFile, stamp);
}

/** Compiles to dist/, unless no source changed since the last time. */
export async function build(say) {
  const stampFile = join(root, 'dist', '.hypercare-build');
  const stamp = hashOf(SOURCES.flatMap((name) => filesUnder(join(root, name))), '');
  if (readOr(stampFile) === stamp) return;
  say('Building …');
  await runQuietly(say, 'building', npm(['run', 'build']), BUILD_WITHIN_MS);
  // Nobody goes unwatched because a page does not move.
  await runQuietly(say, 'building the dashboard', npm(['run', 'build:dashboard']), BUILD_WITHIN_MS).catch((error) => say(`${error.message}\nThe dashboard is a page that stands still then; everything else works. To try again: npm run build:dashboard`));
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Runs a command to its end with the terminal as its own; gives its exit code (128 + n after a signal). */
export function runLoudly([program, ...args], env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', env });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** The npm that runs us, else the one on PATH. */
export function npm(args) {
  const running = process.env.npm_execpath;
  return running && running.endsWith('.js') ? [process.execPath, running, ...args] : ['npm', ...args];
}

/** Says that it goes on while it goes on; what it printed is shown only when it fails. */
function runQuietly(say, doing, [program, ...args], withinMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: withinMs });
    let lines = [];
    const keep = (chunk) => {
      lines = [...lines, ...String(chunk).split('\n').filter((line) => line.trim() !== '')].slice(-TAIL_LINES);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let waited = 0;
    const patience = setInterval(() => say(`  … still ${doing} (${(waited += STILL_AT_IT_MS / 1000)} s)`), STILL_AT_IT_MS);
    const end = (problem) => {
      clearInterval(patience);
      if (problem === null) resolve();
      else reject(new SetupError(`${lines.join('\n')}\n\n${doing} failed (${problem}); the end of its output stands above.`));
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(code === 0 ? null : (signal ?? `exit ${code}`)));
  });
}

/** npm ci follows a link and empties what it points to, which is another checkout's. */
function refuseLink(path) {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new SetupError(`${path} is a link, and what it points to is not what package-lock.json asks for. Remove the link, so that this checkout gets its own.`);
}

/** npm leaves this file at the end of an install: newer than the lock file, somebody installed just this. */
function installedByHand() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function hashOf(files, salt) {
  const hash = createHash('sha256').update(salt);
  for (const file of files) hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).sort().flatMap((name) => filesUnder(join(path, name)));
}

function readOr(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
