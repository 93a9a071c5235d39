import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { hostByName, takeFence } from '../../../src/store/hosts.js';
import { takeSeat } from '../../../src/store/seat.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { linesOf, type ChildLines } from '../../doubles/child-lines.js';
import { compile, type Compiled } from '../../doubles/compiled.js';

/** What only several processes show: locks that a death or a freeze leaves behind. */
let compiled: Compiled;
let dir: string;
const children: ChildLines[] = [];

beforeAll(async () => {
  compiled = await compile('src/store/store.ts', 'src/store/migrate.ts', 'src/store/seat.ts', 'src/store/hosts.ts');
});
afterAll(() => compiled?.remove());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hypercare-processes-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  await rm(dir, { recursive: true, force: true });
});

function start(program: string, nodeOptions: readonly string[] = []): { readonly child: ChildProcess; readonly lines: ChildLines } {
  const child = compiled.start(program, nodeOptions);
  const lines = linesOf(child);
  children.push(lines);
  return { child, lines };
}

describe('the seat of a PM2 home', () => {
  const holder = () => start(`
    import { takeSeat } from './src/store/seat.js';
    console.log(takeSeat(${JSON.stringify(dir)}) ? 'sits' : 'stands');
    globalThis.gc();
    console.log('collected');
    setInterval(() => undefined, 1_000);
  `, ['--expose-gc']);

  it('is held by one: a second taker gets null, and takes it from nobody', async () => {
    const seat = takeSeat(dir);
    expect(seat).not.toBeNull();
    expect(takeSeat(dir)).toBeNull();
    expect(await holder().lines.next('s')).toBe('stands');
    seat?.release();
    expect(await holder().lines.next('s')).toBe('sits');
  });

  // The holder above keeps no reference to what it took: a lock that is collected as garbage is held by nobody.
  it('is kept by a frozen holder, and free at once after kill -9 of it', async () => {
    const { child, lines } = holder();
    expect(await lines.next('s')).toBe('sits');
    await lines.next('collected');
    child.kill('SIGSTOP');
    expect(takeSeat(dir)).toBeNull();
    await lines.kill();
    const seat = takeSeat(dir);
    expect(seat).not.toBeNull();
    seat?.release();
  });

  it('whose file was removed or replaced is taken anew by its holder, and lost where another process was faster', async () => {
    const seat = takeSeat(dir);
    expect(seat?.keeps()).toBe('kept');
    await rm(join(dir, 'hypercare.seat'));
    expect([seat?.keeps(), seat?.keeps()]).toEqual(['renewed', 'kept']);
    expect(await holder().lines.next('s')).toBe('stands');
    await rm(join(dir, 'hypercare.seat'));
    expect(await holder().lines.next('s')).toBe('sits');
    expect(seat?.keeps()).toBe('lost');
    seat?.release();
  });

  it('that cannot be locked is an error and no waiting', async () => {
    expect(() => takeSeat(join(dir, 'missing'))).toThrow(expect.objectContaining({ code: 'seat.unopenable' }));
    await writeFile(join(dir, 'hypercare.seat'), 'this is no database, and is longer than its first bytes'.repeat(20));
    expect(() => takeSeat(dir)).toThrow(expect.objectContaining({ code: 'seat.unopenable' }));
  });
});

describe('a SQLite store', () => {
  const file = () => join(dir, 'store.db');
  const writer = () => start(`
    import { openStore } from './src/store/store.js';
    import { takeFence } from './src/store/hosts.js';
    const store = openStore({ file: ${JSON.stringify(file())} });
    await store.write(async (tx) => {
      await takeFence(tx, 'half', 1);
      console.log('in the middle');
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    console.log('committed');
    await store.close();
  `);
  let store: Store;
  beforeEach(async () => {
    store = openStore({ file: file() });
    await migrate(store);
  });
  afterEach(() => store.close());

  it('whose writer is frozen in the middle neither stalls the loop nor hides what was committed', async () => {
    await store.write((tx) => takeFence(tx, 'vm', 1));
    const { child, lines } = writer();
    await lines.next('in the middle');
    child.kill('SIGSTOP');
    let written = false;
    const writing = store.write((tx) => takeFence(tx, 'vm', 2)).then(() => (written = true));
    const gaps: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const before = systemClock.monotonic();
      await systemClock.sleep(5);
      gaps.push(systemClock.monotonic() - before);
    }
    // SQLite's own waiting would have shown as one gap of seconds.
    expect(gaps.toSorted((a, b) => a - b)[36]).toBeLessThan(100);
    expect(await hostByName(store.db, 'vm')).toMatchObject({ fence: 1 });
    expect(written).toBe(false);
    child.kill('SIGCONT');
    await lines.next('committed');
    await writing;
    expect(await hostByName(store.db, 'vm')).toMatchObject({ fence: 2 });
    expect(await hostByName(store.db, 'half')).toMatchObject({ fence: 1 });
  });

  it('keeps nothing of a writer that was killed in the middle, and waits for nobody after it', async () => {
    const { lines } = writer();
    await lines.next('in the middle');
    await lines.kill();
    await store.write((tx) => takeFence(tx, 'vm', 1));
    expect(await hostByName(store.db, 'half')).toBeNull();
  });

  it('is made by several processes that start at once', async () => {
    const fresh = join(dir, 'fresh', 'store.db');
    const startAt = systemClock.now() + 1_000;
    const all = Array.from({ length: 3 }, () => start(`
      import { migrate } from './src/store/migrate.js';
      import { openStore } from './src/store/store.js';
      while (Date.now() < ${startAt});
      const store = openStore({ file: ${JSON.stringify(fresh)} });
      await migrate(store);
      await store.close();
      console.log('made');
    `));
    await Promise.all(all.map(({ lines }) => lines.next('made')));
    await Promise.all(all.map(({ lines }) => lines.kill()));
    const made = openStore({ file: fresh });
    expect(await made.write((tx) => takeFence(tx, 'vm', 1))).toMatchObject({ fence: 1 });
    await made.close();
  });

  it('that is none is refused with what to look at', async () => {
    const other = join(dir, 'other.db');
    await writeFile(other, 'this is no database, and is longer than its first bytes'.repeat(20));
    expect(() => openStore({ file: other })).toThrow(expect.objectContaining({ code: 'store.unopenable', mend: expect.stringContaining('hypercare') }));
  });
});
