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
