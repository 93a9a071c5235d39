import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reserve } from '../../../monitoring/stages/reserve.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { HostId } from '../../../src/domain/ids.js';
import { readAudit } from '../../../src/store/audits.js';
import { ballastFile, withBallast } from '../../../src/store/ballast.js';
import { eventsSince, tell } from '../../../src/store/events.js';
import { takeFence } from '../../../src/store/hosts.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { watchOf } from '../../../src/store/watch.js';
import { handClock, keepLog } from '../../bot/stage.js';

const run = promisify(execFile);
const NOW = 1_000_000;
/** Sixteen rows fill a MiB. */
const PAGE = 'x'.repeat(65_536);

/** A directory of 24 MiB; null where this user may not mount one. */
async function smallDisk(): Promise<string | null> {
  const dir = mkdtempSync(join(tmpdir(), 'hypercare-small-'));
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', dir]).then(() => true, () => false);
  if (!mounted) rmSync(dir, { recursive: true });
  return mounted ? dir : null;
}

const disk = await smallDisk();

describe.skipIf(disk === null)('on a disk of 24 MiB (needs the right to mount one)', () => {
  const dir = disk ?? '';
  const ballast = ballastFile(join(dir, 'hypercare.db'));
  let bare: Store;
  let safe: ReturnType<typeof withBallast>;
  let hostId: HostId;

  beforeAll(async () => {
    bare = openStore({ file: join(dir, 'hypercare.db') });
    await migrate(bare);
    hostId = (await bare.write((tx) => takeFence(tx, 'here', NOW))).id;
    safe = withBallast(bare, ballast);
  });
  afterAll(async () => {
    await bare.close();
    await run('umount', [dir]);
    rmSync(dir, { recursive: true });
  });

  const write = (store: Store): Promise<void> => store.write((tx) => tell(tx, hostId, { kind: 'monitor.started', body: { PAGE } }, NOW));

  function fillUp(): void {
    const { bavail, bsize } = statfsSync(dir);
    writeFileSync(join(dir, 'log'), Buffer.alloc(bavail * bsize, 1));
  }

  it('a write that finds it full throws off the ballast and is done; that is written down and told, and so is its end', { timeout: 30_000 }, async () => {
    const clock = handClock(NOW);
    let stage = reserve(safe.ballast);
    const look = async (afterMs = 60_000): Promise<void> => {
      clock.advance(afterMs);
      await stage.run({ store: safe.store, hostId, clock, log: keepLog() } as unknown as StageContext);
    };
    const said = async (): Promise<readonly string[]> => (await eventsSince(bare.db, hostId, 0, 500)).map(({ kind }) => kind).filter((kind) => kind.startsWith('store.'));
    await look();
    expect(existsSync(ballast)).toBe(true);
    fillUp();
    await expect(Promise.all(Array.from({ length: 12 }, () => write(bare)))).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    for (let rows = 0; rows < 12; rows += 1) await write(safe.store);
    expect(existsSync(ballast)).toBe(false);
    await look(1);
    expect(await said()).toEqual(['store.full']);
    await look();
    stage = reserve(safe.ballast); // The monitor begins anew, and what it told still holds.
    await look();
    expect([await said(), (await watchOf(bare.db, hostId)).storeFullAt]).toEqual([['store.full'], expect.any(Number)]);
    rmSync(join(dir, 'log'));
    stage = reserve(safe.ballast);
    await look();
    expect([await said(), existsSync(ballast)]).toEqual([['store.full', 'store.room'], true]);
    expect(await watchOf(bare.db, hostId)).toMatchObject({ storeFullAt: null });
    expect((await readAudit(bare.db, hostId, 9)).map(({ what }) => what)).toEqual(['the disk of the store is full', 'the disk of the store has room again']);
  });
});

describe('a write that finds the disk full', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'hypercare-ballast-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Full for as long as the ballast lies there. */
  const fullStore = (file: string, code: string): Store =>
    ({ write: async () => { if (existsSync(file)) throw Object.assign(new Error('full'), { code }); return 'written'; } }) as unknown as Store;

  it.each(['SQLITE_FULL', 'ENOSPC'])('is run again without the ballast: %s', async (code) => {
    const file = ballastFile(join(dir, 'hypercare.db'));
    const { store, ballast } = withBallast(fullStore(file, code), file);
    expect(ballast.lay()).toBe(true);
    expect(await store.write(async () => 'x')).toBe('written');
    expect(existsSync(file)).toBe(false);
  });

  it('for another reason fails as ever, and leaves the ballast', async () => {
    const file = ballastFile(join(dir, 'hypercare.db'));
    const { store, ballast } = withBallast(fullStore(file, 'SQLITE_CORRUPT'), file);
    ballast.lay();
    await expect(store.write(async () => 'x')).rejects.toMatchObject({ code: 'SQLITE_CORRUPT' });
    expect(existsSync(file)).toBe(true);
  });
});
