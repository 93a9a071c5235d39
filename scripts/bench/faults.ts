import { systemClock } from '../../src/io/clock.js';
import { until } from '../until.js';
import type { Contender } from './contender.js';
import { summaryOf, type Summary } from './figures.js';
import { watchOutside, type Outside } from './outside.js';
import { BENCH_FAULTS, type BenchFault } from './bench-fault.js';
import { strike } from './strike.js';

/** Who has not healed the shop by then does not. */
const HEALS_WITHIN_MS = 15_000;
/** What nobody claims to see is waited for this long, once, to show it. */
const IN_VAIN_MS = 3_000;
/** A word that comes later than this after the healing belongs to something else. */
const WORD_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 10;
const WELL = { withinMs: 30_000, everyMs: 20 };
/** Contenders look once a second: faults fall anywhere into it. */
const PHASE_MS = 1_000;

/** One fault, struck for one contender. Null: he said nothing; it was not healed. */
interface Round {
  readonly noticedMs: number | null;
  readonly healedMs: number | null;
}

export interface FaultFigures {
  readonly contender: string;
  readonly fault: BenchFault;
  readonly noticed: Summary;
  readonly healed: Summary;
}

/** Strikes every contender with every fault, `reps` times, one at a time: while one is struck the others come to rest. */
export async function benchFaults(contenders: readonly Contender[], reps: number, tell: (text: string) => void): Promise<readonly FaultFigures[]> {
  const rounds = new Map<string, Round[]>();
  const resting = new Map(contenders.map((contender) => [contender, contender.calm()]));
  for (let rep = 1; rep <= reps; rep += 1) {
    for (const fault of BENCH_FAULTS) {
      for (const contender of contenders) {
        if (!contender.sees.includes(fault) && rep > 1) continue;
        await resting.get(contender);
        const key = keyOf(contender, fault);
        rounds.set(key, [...(rounds.get(key) ?? []), await playRound(contender, fault)]);
        resting.set(contender, contender.calm());
      }
    }
    tell(`faults: round ${rep} of ${reps} is done`);
  }
  await Promise.all(resting.values());
  return BENCH_FAULTS.flatMap((fault) => contenders.map((contender) => figuresOf(contender, fault, rounds.get(keyOf(contender, fault)) ?? [])));
}

function keyOf(contender: Contender, fault: BenchFault): string {
  return `${fault} ${contender.name}`;
}

function figuresOf({ name }: Contender, fault: BenchFault, rounds: readonly Round[]): FaultFigures {
  return { contender: name, fault, noticed: summaryOf(rounds.map(({ noticedMs }) => noticedMs)), healed: summaryOf(rounds.map(({ healedMs }) => healedMs)) };
}

async function playRound(contender: Contender, fault: BenchFault): Promise<Round> {
  const sees = contender.sees.includes(fault);
  await systemClock.sleep(Math.random() * PHASE_MS);
  const outside = watchOutside(contender.url);
  try {
    await until(`the shop of ${contender.name} is well`, async () => outside.isWell(), WELL);
    const before = systemClock.now();
    const struckAt = await strike(contender, fault);
    const healedAt = await soon(() => outside.healedAt(before), sees ? HEALS_WITHIN_MS : IN_VAIN_MS);
    const since = struckAt ?? outside.brokenAt(before) ?? before;
    const noticedAt = await soon(() => contender.noticedAt(since, fault), sees ? WORD_WITHIN_MS : 0);
    if (healedAt === null) await bringBack(contender, outside);
    return { noticedMs: noticedAt === null ? null : noticedAt - since, healedMs: healedAt === null ? null : healedAt - since };
  } finally {
    outside.stop();
  }
}

async function soon(look: () => number | null | Promise<number | null>, withinMs: number): Promise<number | null> {
  const deadline = systemClock.monotonic() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null || systemClock.monotonic() >= deadline) return found;
    await systemClock.sleep(LOOK_EVERY_MS);
  }
}

async function bringBack(contender: Contender, outside: Outside): Promise<void> {
  await contender.mend();
  await until(`the shop of ${contender.name} is well again`, async () => outside.isWell(), WELL);
}
