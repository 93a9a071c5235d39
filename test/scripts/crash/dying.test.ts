import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dyingStore } from '../../../scripts/crash/dying.js';
import { readFate, writeFates } from '../../../scripts/crash/fate.js';
import { readTrace, traceFile } from '../../../scripts/crash/trace.js';
import { systemClock } from '../../../src/io/clock.js';
import { takeFence } from '../../../src/store/hosts.js';
import { putRequest } from '../../../src/store/requests.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/store.js';
import { tell } from '../../../src/store/events.js';
import { compile } from '../../doubles/compiled.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hypercare-dying-'));
  writeFates(dir, []);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('dyingStore', () => {
  it('names each transaction by what it really changed, with the states it gave', async () => {
    const store = dyingStore(openStore({ file: join(dir, 'store.db') }), readFate(dir, 'monitor', systemClock));
    await migrate(store);
    const { id } = await store.write((tx) => takeFence(tx, 'here', 1));
    await store.write((tx) => putRequest(tx, id, { resourceId: null, verb: 'launch', args: {}, personId: 'p' as never, via: 'terminal', key: 'k' }, 1));
    await store.write((tx) => tell(tx, id, { kind: 'monitor.started' }, 1));
    await store.write((tx) => tx.updateTable('plans').set({ state: 'running' }).where('id', '=', 'none' as never).execute());
    await store.write((tx) => tx.insertInto('remediations').values({ id: 'r', plan_id: 'p', resource_id: 'a', fingerprint: 'f', state: 'running', fence: 1, started_at: 1, settle_until: null, deadline_at: null, ended_at: null, outcome: null, open_lane: null } as never).execute());
    await store.write((tx) => tx.updateTable('remediations').set({ state: 'settling' }).execute());
    await store.close();
    expect(readTrace(dir, 'monitor').filter(({ line }) => line === 'reached').map(({ what }) => what)).toEqual(['hosts', 'requests', 'events', 'nothing', 'remediations=running', 'remediations=settling']);
  });

  it('goes on counting where the life before left off, past a line that its death cut short', async () => {
    writeFileSync(traceFile(dir, 'monitor'), '{"line":"reached","at":1,"what":"samples"}\n{"line":"reached","at":2,"what":"sam');
    const fate = readFate(dir, 'monitor', systemClock);
    expect(fate.reach('samples', 'transaction')).toMatchObject({ nth: 2, ofAny: 2 });
    expect(readTrace(dir, 'monitor').map(({ line }) => line)).toEqual(['reached', 'born', 'reached']);
  });
});

describe('a life with a kill point', () => {
  it.each([['before', 0], ['after', 1]] as const)('ends by SIGKILL %s the commit, once, and %i rows are there', async (when, rows) => {
    writeFates(dir, [{ who: 'monitor', what: 'events', nth: 1, when }]);
    const compiled = await compile('scripts/crash/dying.ts', 'scripts/crash/fate.ts', 'src/store/store.ts', 'src/store/migrate.ts', 'src/store/migrate.ts', 'src/store/events.ts', 'src/io/clock.ts');
    try {
      const life = async (): Promise<string | null> => {
        const child = compiled.start(program(dir));
        return new Promise((done) => child.once('exit', (_code, signal) => done(signal)));
      };
      expect(await life()).toBe('SIGKILL');
      expect(await countEvents()).toBe(rows);
      expect(await life()).toBe(null);
      expect(await countEvents()).toBe(rows + 1);
    } finally {
      compiled.remove();
    }
  });

  async function countEvents(): Promise<number> {
    const store = openStore({ file: join(dir, 'store.db') });
    const { length } = await store.db.selectFrom('events').select('id').execute();
    await store.close();
    return length;
  }
});

function program(runDir: string): string {
  return `
    import { dyingStore } from './scripts/crash/dying.js';
    import { readFate } from './scripts/crash/fate.js';
    import { migrate } from './src/store/migrate.js';
    import { openStore } from './src/store/store.js';
    import { tell } from './src/store/events.js';
    import { systemClock } from './src/io/clock.js';
    const store = dyingStore(openStore({ file: ${JSON.stringify(join(runDir, 'store.db'))} }), readFate(${JSON.stringify(runDir)}, 'monitor', systemClock));
    await migrate(store);
    await store.write((tx) => tell(tx, 'h', { kind: 'monitor.started' }, 1));
    await store.close();
  `;
}
