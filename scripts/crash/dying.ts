import { basename } from 'node:path';
import type { Repair, Step } from '../../monitoring/repairs/repair.js';
import type { Exec } from '../../src/io/exec.js';
import type { Pm2, Pm2Process } from '../../src/io/pm2.js';
import { systemClock } from '../../src/io/clock.js';
import type { Store } from '../../src/store/store.js';
import type { Fate, Passage } from './fate.js';
import { sayWritten, writtenInto } from './written.js';

/** How often PM2 is asked whether it has begun an act that is to be cut short. */
const LOOK_EVERY_MS = 10;

/** A store in whose transactions the process may die: before the commit, with everything written, or just after it. */
export function dyingStore(store: Store, fate: Fate): Store {
  return {
    ...store,
    async write(fn) {
      let passage: Passage | null = null;
      const result = await store.write(async (tx) => {
        const written = new Set<string>();
        const value = await fn(tx.withPlugin(writtenInto(written)));
        passage = fate.reach(sayWritten(written), 'transaction');
        return value;
      });
      if (passage) fate.end(passage);
      return result;
    },
  };
}

/** PM2's acts, in the middle of which the process may die: PM2 was asked and does it, and nobody is left who was told. */
export function dyingPm2(pm2: Pm2, fate: Fate): Pm2 {
  const dying = (verb: 'reload' | 'restart' | 'stop') => async (name: string): Promise<void> => {
    const passage = fate.reach(`pm2 ${verb}`, 'act');
    await (fate.cuts(passage) ? cutShort(pm2, { verb, name }, () => fate.cut(passage)) : pm2[verb](name));
    fate.end(passage);
  };
  return {
    ...pm2,
    reload: dying('reload'),
    restart: dying('restart'),
    stop: dying('stop'),
    async kill(process, signal) {
      const passage = fate.reach('pm2 kill', 'act');
      const killed = await pm2.kill(process, signal);
      fate.end(passage);
      return killed;
    },
  };
}

/** Dies as soon as PM2 shows that it has begun with one of the instances. */
async function cutShort(pm2: Pm2, act: { readonly verb: 'reload' | 'restart' | 'stop'; readonly name: string }, die: () => void): Promise<void> {
  const before = runsOf(await pm2.list(), act.name);
  let done = false;
  const doing = pm2[act.verb](act.name).finally(() => (done = true));
  while (!done) {
    if (runsOf(await pm2.list(), act.name) !== before) die();
    await systemClock.sleep(LOOK_EVERY_MS);
  }
  await doing;
}

function runsOf(listed: readonly Pm2Process[], name: string): string {
  return listed.filter((one) => one.name === name).map(({ pmId, pid, startedAt, status }) => `${pmId} ${pid} ${startedAt} ${status}`).join();
}

/** Programs that are run, git, npm, tar, each of which may be left alone by the death of who started it. */
export function dyingExec(exec: Exec, fate: Fate): Exec {
  return { run: (program, args, options, signal) => mortal(fate, `run ${sayProgram(program, args)}`, () => exec.run(program, args, options, signal)) };
}

function sayProgram(program: string, args: readonly string[]): string {
  const name = basename(program);
  const verb = args.find((arg, n) => !arg.startsWith('-') && !['-c', '-C'].includes(args[n - 1] ?? ''));
  return ['git', 'npm'].includes(name) && verb ? `${name} ${verb}` : name;
}

/** Each step of each repair: between its row in the journal and its act, in its middle, and between the act and its receipt. */
export function dyingRepairs(repairs: Readonly<Record<string, Repair<unknown>>>, fate: Fate): Readonly<Record<string, Repair<unknown>>> {
  return Object.fromEntries(Object.entries(repairs).map(([kind, repair]) => [kind, { ...repair, steps: (target, args, prepared) => repair.steps(target, args, prepared).map((step) => dyingStep(step, fate)) } satisfies Repair<unknown>]));
}

function dyingStep(step: Step, fate: Fate): Step {
  const { undo } = step;
  const name = step.name.replace(/ [0-9a-f]{7}$/, ''); // A commit differs from run to run.
  return {
    ...step,
    act: (witness, receipts, io, signal) => mortal(fate, `act ${name}`, () => step.act(witness, receipts, io, signal)),
    ...(undo ? { undo: (receipt, io, signal) => mortal(fate, `undo ${name}`, () => undo(receipt, io, signal)) } : {}),
  };
}

async function mortal<T>(fate: Fate, what: string, act: () => Promise<T>): Promise<T> {
  const passage = fate.reach(what, 'act');
  const callOff = fate.cutLater(passage);
  const result = await act().finally(callOff);
  fate.end(passage);
  return result;
}
