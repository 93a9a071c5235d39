/**
 * `npm run crash -- rollback`: the monitor dies by kill -9 around every step of a rollback that somebody asked for, on
 * releases and in place (see crash/asked/). Without that word: monitor and bot die by kill -9 at drawn places of a whole story told on a real shop,
 * and are started again at once; afterwards nothing may be lost and nothing done twice. Options: --runs N, --seed S, --for SECONDS (no new run
 * is begun after), --at POINTS (these instead of drawn ones), --story rollback or way-back (it fails and goes back).
 */
import { parseArgs } from 'node:util';
import { errorText, HypercareError } from '../src/domain/errors.js';
import { systemClock } from '../src/io/clock.js';
import { crashAsked } from './crash/asked/crash-asked.js';
import { countPath, dealer, seeded, type Path } from './crash/draw.js';
import { STORIES, type StoryName } from './crash/ending.js';
import { readPoints, type KillPoint } from './crash/kill-point.js';
import { makePlace, type Place } from './crash/place.js';
import { sayAgain, sayRun, summary } from './crash/report.js';
import { runOnce, type Ran } from './crash/run.js';
import { wholeNumber } from './crash/whole-number.js';
import { readTrace } from './crash/trace.js';

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly at: readonly KillPoint[];
  readonly forMs: number;
  readonly story: StoryName;
}

const MOST_RUNS = 10_000;
const EXAMPLE = 'npm run crash -- --runs 60 --seed 7';

try {
  const [word, ...rest] = process.argv.slice(2);
  process.exitCode = await (word === 'rollback' ? crashAsked(rest) : crash(readOptions(process.argv.slice(2))));
} catch (error) {
  process.stderr.write(`${errorText(error)}${error instanceof HypercareError && error.mend ? `\n${error.mend}` : ''}\n`);
  process.exitCode = error instanceof HypercareError && error.errorClass === 'invalid' ? 2 : 1;
}

async function crash(options: Options): Promise<number> {
  const place = await makePlace();
  const interrupted = () => void place.end(true).finally(() => process.exit(1));
  process.once('SIGINT', interrupted);
  let broken = true;
  try {
    const runs = await runAll(place, options);
    const bad = runs.filter(({ wrong }) => wrong.length > 0);
    broken = bad.length > 0;
    process.stdout.write(`${summary(runs)}\n${bad.map((one) => `broken: run ${one.n}, kept in ${one.dir}; ${sayAgain(one, options)}\n`).join('')}`);
    return broken ? 1 : 0;
  } finally {
    process.removeListener('SIGINT', interrupted);
    await place.end(broken);
  }
}

/** First one without a death, which has to be whole and shows what there is to die at. */
async function runAll(place: Place, { runs, seed, at, forMs, story }: Options): Promise<readonly Ran[]> {
  const until = systemClock.monotonic() + forMs;
  const first = await tell(runOnce(place, 0, { story, points: [], thinkMs: 0 }));
  const path: Path = { monitor: countPath(readTrace(first.dir, 'monitor')), bot: countPath(readTrace(first.dir, 'bot')) };
  const draw = dealer(path, seeded(seed));
  const done = [first];
  for (let n = 1; n <= runs && systemClock.monotonic() < until && first.wrong.length === 0; n += 1) {
    const drawn = draw();
    done.push(await tell(runOnce(place, n, { story, ...drawn, points: at.length > 0 ? at : drawn.points })));
  }
  return done;
}

async function tell(running: Promise<Ran>): Promise<Ran> {
  const ran = await running;
  process.stdout.write(`${sayRun(ran)}\n`);
  return ran;
}

function readOptions(words: string[]): Options {
  const { values } = parseArgs({ args: words, options: { runs: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' }, for: { type: 'string', default: '86400' }, at: { type: 'string', default: '' }, story: { type: 'string', default: 'rollback' } } });
  const story = STORIES.find((one) => one === values.story);
  if (!story) throw new HypercareError('usage', 'invalid', `there is no story “${values.story}”`, `One of: ${STORIES.join(', ')}.`);
  return { story, runs: wholeNumber('runs', values.runs, MOST_RUNS, EXAMPLE), seed: wholeNumber('seed', values.seed, 2 ** 32 - 1, EXAMPLE), forMs: wholeNumber('for', values.for, 86_400, EXAMPLE) * 1_000, at: readPoints(values.at) };
}
