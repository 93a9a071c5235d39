import { expect, it, onTestFinished } from 'vitest';
import { createEffects } from '../../monitoring/effects.js';
import { handClock, keepLog } from '../bot/stage.js';

it('what effects fail at is told once a minute, and each thing by itself', async () => {
  const clock = handClock(0);
  const log = keepLog();
  const effects = createEffects({ most: 9, ended: () => undefined, clock, log });
  const fail = async (key: string, error: string): Promise<void> => {
    expect(effects.start(key, () => Promise.reject(new Error(error)))).toBe(true);
    await new Promise<void>((turn) => setImmediate(turn));
  };
  await fail('check:1', 'database or disk is full');
  await fail('check:2', 'database or disk is full');
  await fail('run:3', 'no such process');
  clock.advance(59_999);
  await fail('check:4', 'database or disk is full');
  clock.advance(1);
  await fail('check:5', 'database or disk is full');
  expect(log.lines).toEqual([
    'error an effect failed; its row is still due {"effect":"check:1","error":"database or disk is full"}',
    'error an effect failed; its row is still due {"effect":"run:3","error":"no such process"}',
    'error effects still fail; their rows are still due {"effect":"check:5","error":"database or disk is full"}',
  ]);
  await effects.stop(2_000);
});

it('many at a time may listen for the end, without a warning of a leak', async () => {
  const warnings: string[] = [];
  const warned = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const effects = createEffects({ most: 32, ended: () => undefined, clock: handClock(0), log: keepLog() });
  for (let n = 0; n < 32; n += 1) effects.start(`check:${n}`, (signal) => new Promise((done) => signal.addEventListener('abort', () => done(), { once: true })));
  expect(effects.room()).toBe(0);
  await effects.stop(2_000);
  await new Promise<void>((turn) => setImmediate(turn));
  expect(warnings).toEqual([]);
});
