import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileCarrier } from '../../../src/io/file-carrier.js';
import { systemClock } from '../../../src/io/clock.js';
import { takeFence } from '../../../src/store/hosts.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { linesOf, type ChildLines } from '../../doubles/child-lines.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { until } from '../../doubles/pm2-home.js';

/** Longer than its poll: what was not heard by then is not heard. */
const SILENCE_MS = 1_200;

let compiled: Compiled;
let dir: string;
beforeAll(async () => {
  compiled = await compile('src/store/store.ts', 'src/io/file-carrier.ts');
});
afterAll(() => compiled?.remove());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hypercare-carrier-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the carrier over a SQLite file', () => {
  const file = () => join(dir, 'store.db');
  let store: Store;
  let listener: ChildLines | null = null;
  beforeEach(async () => {
    store = openStore({ file: file() });
    await migrate(store);
  });
  afterEach(async () => {
    await listener?.kill();
    listener = null;
    await store.close();
  });
  const write = () => store.write((tx) => takeFence(tx, 'vm', 1));

  it('wakes another process at each commit, and long before it would have looked by itself', async () => {
    listener = linesOf(compiled.start(`
      import { openStore } from './src/store/store.js';
      import { fileCarrier } from './src/io/file-carrier.js';
      const store = openStore({ file: ${JSON.stringify(file())} });
      await fileCarrier(${JSON.stringify(file())}, () => store.dataVersion()).onPoke(() => console.log('poked ' + Date.now()));
      console.log('listens');
    `));
    await listener.next('listens');
    const waits: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      await write();
      const committedAt = systemClock.now();
      waits.push(Number((await listener.next('poked')).split(' ')[1]) - committedAt);
    }
    // By its poll alone it would be 125 ms, since the file changes before the commit can be seen.
    expect(waits.toSorted((a, b) => a - b)[7]).toBeLessThan(60);
  });

  it('does not wake who wrote, and nobody once it is stopped', async () => {
    let pokes = 0;
    const carrier = fileCarrier(file(), () => store.dataVersion());
    const stop = await carrier.onPoke(() => (pokes += 1));
    await write();
    await carrier.poke();
    await systemClock.sleep(SILENCE_MS);
    expect(pokes).toBe(0);
    const other = openStore({ file: file() });
    await other.write((tx) => takeFence(tx, 'vm', 1));
    await until('the poke', () => pokes === 1);
    await stop();
    await other.write((tx) => takeFence(tx, 'vm', 1));
    await other.close();
    await systemClock.sleep(SILENCE_MS);
    expect(pokes).toBe(1);
  });
});

describe('the watched file', () => {
  it('is watched again after it was removed and made anew, or was not there at first', async () => {
    let version: number | null = 1;
    let pokes = 0;
    const file = join(dir, 'store.db');
    const stop = await fileCarrier(file, () => version).onPoke(() => (pokes += 1));
    for (const round of [1, 2, 3]) {
      await writeFile(`${file}-wal`, `${round}`);
      version = round * 10;
      await until(`poke ${round}`, () => pokes === round);
      await unlink(`${file}-wal`);
    }
    // The version cannot be told for a moment, and can again.
    version = null;
    await until('a poke, to look at what that means', () => pokes === 4);
    await stop();
  });
});
