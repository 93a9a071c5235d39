import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { noteCard } from '../cards/note-card.js';
import type { Result } from '../commands/command.js';
import type { LoadedConfig } from '../config/load.js';
import { errorText, HypercareError } from '../domain/errors.js';
import { isOwnProcess } from '../domain/own-processes.js';
import { systemClock } from '../io/clock.js';
import { createLogger } from '../io/log.js';
import { createPm2 } from '../io/pm2-client.js';
import { LATE, within } from '../io/within.js';
import type { CliIo } from './cli-io.js';
import type { Examination, Machine, Remark } from './doctor/examination.js';
import { examinations } from './doctor/index.js';
import { findConfig } from './find-config.js';
import { checkConfig } from './load-config.js';
import { machineWarnings } from './machine-check.js';
import { ownWords } from './usage.js';

const PM2_WITHIN_MS = 5_000;
const EXAMINED_WITHIN_MS = 10_000;
const MARK: Readonly<Record<Remark['state'], string>> = { fail: '✗', warn: '!', ok: '✓' };
const STATES = ['fail', 'warn', 'ok'] as const;

type Told = Remark & { readonly of: string };

/** Looks over the machine, and says of what is not well what mends it. It changes nothing. Exit 1 where something is not well. */
export async function doctor(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  ownWords('doctor', words);
  const machine = await look(io, named);
  const told = (await Promise.all(examinations.map((one) => examine(one, machine)))).flat();
  const worst = STATES.find((state) => told.some((one) => one.state === state)) ?? 'ok';
  const counted = STATES.map((state) => ({ state, count: told.filter((one) => one.state === state).length })).filter(({ count }) => count > 0);
  return {
    data: { version: 1, state: worst, remarks: told.map((one) => ({ of: one.of, state: one.state, says: one.says, fix: one.state === 'ok' ? null : one.fix })) },
    card: noteCard({
      subject: 'doctor', level: { fail: 'critical', warn: 'warning', ok: 'good' }[worst] as 'critical' | 'warning' | 'good', title: counted.map(({ state, count }) => `${count} ${state}`).join(', '),
      body: STATES.flatMap((state) => told.filter((one) => one.state === state).map(lineOf).join('\n') || []),
      footer: worst === 'ok' ? null : '→ is what mends it. Nothing was changed.',
    }),
    exit: worst === 'ok' ? 0 : 1,
  };
}

async function look(io: CliIo, named: string | null): Promise<Machine> {
  const paths = findConfig(io, named);
  const loaded = existsSync(paths.file) ? await checkConfig(io, paths) : null;
  const config = loaded?.ok ? loaded.config : loaded?.remains;
  const pm2Home = config?.pm2Home ?? resolve(io.cwd, io.env['PM2_HOME'] || join(io.home, '.pm2'));
  return {
    now: io.clock.now(), user: io.user, pm2Home, pm2: await pm2Of(pm2Home), root: '/', config: await withMachineWarnings(loaded),
    dataDir: config?.dataDir ?? resolve(io.cwd, io.env['HYPERCARE_HOME'] || join(io.home, '.hypercare')),
  };
}

async function withMachineWarnings(loaded: LoadedConfig | null): Promise<LoadedConfig | null> {
  return loaded?.ok ? { ...loaded, warnings: [...loaded.warnings, ...(await machineWarnings(loaded.config)).map(loaded.place)] } : loaded;
}

async function pm2Of(home: string): Promise<Machine['pm2']> {
  const pm2 = createPm2({ home, clock: systemClock, log: createLogger({ format: 'text', level: 'silent' }), timeoutMs: PM2_WITHIN_MS });
  try {
    const listed = await pm2.list();
    const processes = listed.filter(({ name }) => !isOwnProcess(name));
    return { processes, own: listed.length - processes.length };
  } catch (error) {
    return { silent: error instanceof HypercareError && error.code === 'pm2.dead' ? `no PM2 runs for ${home}` : `PM2 of ${home} cannot be asked: ${errorText(error)}` };
  } finally {
    await pm2.close();
  }
}

/** One that fails, or hangs on a disk that hangs, hides none of the others. */
async function examine({ name, examine: run }: Examination, machine: Machine): Promise<readonly Told[]> {
  const remarks = await within(run(machine), EXAMINED_WITHIN_MS, systemClock).catch((error: unknown): readonly Remark[] => [unseen(errorText(error))]);
  return (remarks === LATE ? [unseen(`no answer within ${EXAMINED_WITHIN_MS / 1_000} s`)] : remarks).map((remark) => ({ ...remark, of: name }));
}

function unseen(why: string): Remark {
  return { state: 'warn', says: `could not be looked at: ${why}`, fix: 'Look whether a disk or a mount hangs.' };
}

function lineOf(one: Told): string {
  return `${MARK[one.state]} ${one.of}: ${one.says}${one.state === 'ok' ? '' : `\n  → ${one.fix}`}`;
}
