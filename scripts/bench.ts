/**
 * `npm run bench`: what this monitor does for a broken app and what it costs, side by side with others in one run.
 * A part may be named by a word (`repairs`: what repairs of Redis, PostgreSQL and PM2 come to beside the plain ways;
 * `rollback`: each way back beside `pm2 deploy … revert`).
 * Options: --reps N (faults, rollback; 30 for a figure to quote), --checks N,M, --seconds S (load), --idle S, --only PARTS, --json,
 * --profile DIR (CPU profiles of the monitor under load). Absolute figures move with the machine; the ratios are what counts.
 */
import { cpus, userInfo } from 'node:os';
import { errorText, HypercareError } from '../src/domain/errors.js';
import { createLogger } from '../src/io/log.js';
import type { Contender } from './bench/contender.js';
import { benchFaults } from './bench/faults.js';
import { benchIdle } from './bench/idle.js';
import { benchLoad, type LoadFigures } from './bench/load.js';
import { startSleepers } from './bench/load-setting.js';
import { readOptions, type BenchOptions, type Part } from './bench/options.js';
import { makePlace, type Place } from './bench/place.js';
import { benchPostgres, type PostgresFigures } from './bench/postgres.js';
import { benchPm2 } from './bench/pm2-repairs.js';
import { benchRedis, type RedisFigures } from './bench/redis.js';
import { drawResult, type BenchResult } from './bench/report.js';
import { benchRollback } from './bench/rollback.js';
import { hypercare } from './bench/with-hypercare.js';
import { findMonit, monit } from './bench/with-monit.js';
import { pm2Alone } from './bench/with-pm2.js';
import { missingService } from './services.js';

const log = createLogger({ format: 'text', level: 'silent' });
const user = userInfo().username;

try {
  await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${errorText(error)}${error instanceof HypercareError && error.mend ? `\n${error.mend}` : ''}\n`);
  process.exitCode = error instanceof HypercareError && error.errorClass === 'invalid' ? 2 : 1;
}

/** What was measured is told, also where a later part fails. */
async function bench(options: BenchOptions): Promise<void> {
  const has = (part: Part) => options.parts.includes(part);
  let result: BenchResult = { faults: [], loads: [], idle: [], pm2: [], redis: [], postgres: [], rollback: [] };
  try {
    if (has('faults')) result = { ...result, faults: await inPlace(async (place) => benchFaults(await contenders(place), options.reps, tell)) };
    // Being at rest is a minute of waiting: another one beside it costs neither anything.
    const [idle, loads] = await inPlace(async (place) => Promise.all([
      has('idle') ? benchIdle(place, options.idleMs, user, log) : [],
      has('load') ? benchLoads(place, options) : [],
    ]));
    result = { ...result, idle, loads };
    if (has('pm2')) result = { ...result, pm2: await inPlace((place) => benchPm2(place, log, tell)) };
    if (has('redis')) result = { ...result, redis: await benchRedisHere() };
    if (has('postgres')) result = { ...result, postgres: await benchPostgresHere() };
    if (has('rollback')) result = { ...result, rollback: await inPlace((place) => benchRollback(place, { reps: options.reps, user }, tell)) };
  } finally {
    put(options, result);
  }
}

/** Whatever happens, and also on Ctrl-C, nothing is left behind. */
async function inPlace<T>(part: (place: Place) => Promise<T>): Promise<T> {
  const place = await makePlace();
  const interrupted = () => void place.end().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    return await part(place);
  } finally {
    process.removeListener('SIGINT', interrupted);
    await place.end();
  }
}

async function contenders(place: Place): Promise<readonly Contender[]> {
  tell('faults: the shops open');
  const program = findMonit();
  if (program === null) tell('Monit is not installed: it is left out');
  const alone = await pm2Alone(place, log);
  const others = program === null ? [] : [await monit(place, program, alone.shop)];
  return [await hypercare(place, user, log), alone.contender, ...others];
}

async function benchLoads(place: Place, options: BenchOptions): Promise<readonly LoadFigures[]> {
  const sleepers = await startSleepers(place);
  const figures: LoadFigures[] = [];
  for (const checks of options.checks) {
    tell(`load: ${checks} checks each 10 s`);
    figures.push(...(await benchLoad(place, sleepers, { checks, forMs: options.loadMs, profile: options.profile })));
  }
  return figures;
}

async function benchRedisHere(): Promise<readonly RedisFigures[]> {
  const missing = missingService('redis');
  if (missing !== null) tell(`redis is left out: ${missing}`);
  return missing === null ? benchRedis(tell) : [];
}

async function benchPostgresHere(): Promise<readonly PostgresFigures[]> {
  const missing = missingService('postgres');
  if (missing !== null) tell(`postgres is left out: ${missing}`);
  return missing === null ? benchPostgres(tell) : [];
}

function put(options: BenchOptions, result: BenchResult): void {
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', node: process.versions.node };
  if (options.json) process.stdout.write(`${JSON.stringify({ version: 1, machine, options, ...result }, null, 2)}\n`);
  else process.stdout.write(`${drawResult(result)}\n\n${machine.cores} cores, ${machine.cpu}, Node ${machine.node}\n`);
}

/** Talk goes to stderr, so that stdout holds the result alone. */
function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
