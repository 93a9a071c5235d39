import { afterEach, describe, expect, it } from 'vitest';
import { createLoop, type Loop } from '../../monitoring/loop.js';
import type { Stage, StageContext } from '../../monitoring/stages/stage.js';
import { keepLog } from '../bot/stage.js';
import { virtualTime } from '../doubles/virtual-time.js';
import { stageOfEachTest } from '../src/commands/spoken.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);
const SECOND = 1_000;

const house = stageOfEachTest();
const stopping = { now: new AbortController() };
let ran: Promise<void> = Promise.resolve();

afterEach(async () => {
  stopping.now.abort();
  await ran;
});

/** A loop with one stage that is always due, fails while `fails` says so, and with `poked` pokes the loop as ends of effects do. */
function begin(fails: (second: number) => boolean, { poked = false } = {}) {
  const time = virtualTime(START);
  const log = keepLog();
  const seconds: number[] = [];
  const others: number[] = [];
  const second = () => (time.clock.now() - START) / SECOND;
  const holder: { loop?: Loop } = {};
  const failing: Stage = {
    name: 'observe',
    async run() {
      seconds.push(second());
      if (poked) holder.loop?.poke();
      if (fails(second())) throw new Error('database or disk is full');
      return false;
    },
    nextAt: async () => (fails(second()) ? START : START + 100 * SECOND),
  };
  const other: Stage = { name: 'detect', run: async () => (others.push(second()), false) };
  const ctx = { store: house.store, hostId: house.hostId, clock: time.clock, log } as unknown as StageContext;
  const loop = createLoop(ctx, [failing, other], time.ticker);
  holder.loop = loop;
  stopping.now = new AbortController();
  ran = loop.run(stopping.now.signal);
  return { log, seconds, others, reach: (at: number) => time.reach(START + at * SECOND) };
}

describe('a loop whose stage fails', () => {
  it('waits twice as long each time, at most half a minute, although it is due; the other stages run in each pass', async () => {
    const { seconds, others, reach } = begin(() => true);
    await reach(130);
    expect(seconds).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121]);
    expect(others).toEqual(seconds);
  });

  it('is woken by a poke, but not within a second', async () => {
    const { seconds, reach } = begin(() => true, { poked: true });
    await reach(20);
    expect(seconds).toEqual(Array.from({ length: 21 }, (_, n) => n));
  });

  it('says so once, and once more each minute, however often it is woken', async () => {
    const { log, reach } = begin(() => true, { poked: true });
    await reach(149);
    expect(log.lines).toHaveLength(3);
    expect(log.lines[0]).toMatch(/a stage failed; it is run again.*observe.*database or disk is full/);
    expect(log.lines[1]).toMatch(/a stage still fails; it is run again.*observe.*61/);
  });

  it('says when it is over, and begins anew with a second', async () => {
    const { log, seconds, reach } = begin((second) => second < 7 || second >= 100);
    await reach(60);
    expect(seconds).toEqual([0, 1, 3, 7]);
    expect(log.lines.at(-1)).toMatch(/^info no stage fails any more .*"passes":3/);
    await reach(104);
    expect(seconds.slice(4)).toEqual([100, 101, 103]);
    expect(log.lines).toHaveLength(3);
  });
});
