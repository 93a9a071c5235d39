import type { Command, Exit, Result } from '../commands/command.js';
import { commands } from '../commands/index.js';
import { parseWords } from '../commands/parse-words.js';
import { runWords } from '../commands/run-words.js';
import { packageVersion } from '../io/package-root.js';
import type { CliIo } from './cli-io.js';
import { putError, putResult } from './output.js';
import { readArgv, type Argv } from './read-argv.js';
import { missing, usage } from './usage.js';

/** The command line: words → command → text or JSON. Never throws; gives the exit code. */
export async function runCli(io: CliIo): Promise<Exit> {
  let json = io.argv.includes('--json');
  try {
    const argv = readArgv(io.argv);
    json = argv.json;
    return await dispatch(argv, io);
  } catch (error) {
    return putError(io, json, error);
  }
}

async function help(argv: Argv, io: CliIo, name: string | undefined): Promise<Exit> {
  const found = usage(name);
  if (name?.toLowerCase() !== 'repair') return put(argv, io, found);
  const { withTakes } = await import('./repair-usage.js');
  return put(argv, io, await withTakes(found));
}

async function dispatch(argv: Argv, io: CliIo): Promise<Exit> {
  const [verb, ...rest] = argv.words;
  if (argv.version) return putVersion(argv, io);
  if (verb === undefined || verb === 'help' || argv.help) return help(argv, io, verb === 'help' ? rest[0] : verb);
  if (verb === 'config') {
    const { configCheck } = await import('./config-check.js');
    return put(argv, io, await configCheck(rest, io, argv.config));
  }
  if (verb === 'token') {
    const { newToken } = await import('./token.js');
    return put(argv, io, newToken(rest));
  }
  if (verb === 'demo') {
    const { demo } = await import('./demo.js');
    return demo(rest, io, argv.json);
  }
  if (verb === 'check') {
    const { check } = await import('./check.js');
    return put(argv, io, await check(rest, io, argv.config));
  }
  if (verb === 'doctor') {
    const { doctor } = await import('./doctor.js');
    return put(argv, io, await doctor(rest, io, argv.config));
  }
  if (verb === 'init') {
    const { init } = await import('./init.js');
    return put(argv, io, await init(rest, io, argv.config));
  }
  if (verb === 'slack') {
    const { slack } = await import('./slack.js');
    return slack(rest, io, argv);
  }
  if (verb === 'telegram') {
    const { telegram } = await import('./telegram.js');
    return put(argv, io, await telegram(rest, io, argv.config));
  }
  if (verb === 'completion') {
    const { completion } = await import('./completion.js');
    io.stdout.write(completion(rest));
    return 0;
  }
  if (verb === 'backup' || verb === 'restore') {
    const keeping = await import('./backup.js');
    return put(argv, io, await keeping[verb](rest, io, argv.config));
  }
  if (verb === 'chat') {
    const { chat } = await import('./chat-test.js');
    return put(argv, io, await chat(rest, io, argv.config));
  }
  return command(verb, argv, io);
}

/** What can be wrong with the words is told before the store is opened. */
async function command(verb: string, argv: Argv, io: CliIo): Promise<Exit> {
  const known = commands.find(({ name }) => name === verb.toLowerCase()) ?? missing(verb);
  parseWords(known, argv.words.slice(1));
  if (argv.offline && ['freeze', 'unfreeze'].includes(known.name)) {
    const { freezeOffline } = await import('./freeze-offline.js');
    return put(argv, io, await freezeOffline(io, argv.config, [known.name, ...argv.words.slice(1)]));
  }
  // Whoever only looks needs no monitor.
  if (!argv.offline || known.role === null || known.role === 'viewer') return ask(argv, io, known);
  const { startOffline } = await import('./offline.js');
  const stop = await startOffline(io, argv.config);
  return ask(argv, io, known).finally(stop);
}

async function ask(argv: Argv, io: CliIo, { readsPolicy = false }: Command<unknown>): Promise<Exit> {
  const { openInstallation } = await import('./installation.js');
  const { ctx, close } = await openInstallation(io, argv.config, readsPolicy).catch((error: unknown) => sayFrozen(argv, io, error));
  try {
    const since = ctx.now();
    const result = await runWords(argv.words, ctx);
    if (!result.follow) return await put(argv, io, result);
    const { follow } = await import('./follow.js');
    return await put(argv, io, await follow(result, { ...result.follow, since }, ctx, io));
  } finally {
    await close();
  }
}

/** The freeze file holds without a store too, and is shown without one. */
async function sayFrozen(argv: Argv, io: CliIo, error: unknown): Promise<never> {
  const { frozenLine } = await import('./freeze-offline.js');
  const line = await frozenLine(io, argv.config).catch(() => null);
  if (line !== null) io.stderr.write(`${line}\n`);
  throw error;
}

async function put(argv: Argv, io: CliIo, result: Result): Promise<Exit> {
  await putResult(io, argv.json, result);
  return result.exit;
}

function putVersion(argv: Argv, io: CliIo): Exit {
  const version = packageVersion();
  io.stdout.write(argv.json ? `${JSON.stringify({ version: 1, hypercare: version, node: process.versions.node }, null, 2)}\n` : `hypercare ${version}\n`);
  return 0;
}
