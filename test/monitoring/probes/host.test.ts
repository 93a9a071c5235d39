import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { host } from '../../../monitoring/probes/host.js';
import { systemClock, type Clock } from '../../../src/io/clock.js';
import type { Reading } from '../../../src/domain/check.js';
import { soundReading } from '../../contracts/probe.js';
import { NO_MOUNT, smallDisk } from '../../doubles/small-disk.js';
import { ioOf } from './io.js';

const NEVER = { everyMs: 60_000, diskPercent: 101, diskFreeBytes: 0, dirs: [tmpdir()], logDirs: [] as string[] };

async function measure(change: Partial<typeof NEVER> = {}, clock: Clock = systemClock): Promise<Reading & { readonly value: (name: string) => number | null | undefined }> {
  const reading = soundReading(host, await host.measure({ ...NEVER, ...change }, ioOf({ clock }), new AbortController().signal));
  return { ...reading, value: (name) => reading.values[host.fields.indexOf(name)] };
}

it('measures the machine, and calls a roomy one good', async () => {
  const { verdict, note, value } = await measure();
  expect([verdict, note]).toEqual(['good', null]);
  expect(value('memory_percent')).toBeGreaterThan(0);
  expect(value('disk_percent')).toBeGreaterThanOrEqual(0);
  expect(value('descriptors_percent')).toBeGreaterThanOrEqual(0);
  expect(value('machine_ms')).toBeGreaterThan(0);
});

it('needs no directory to be there: nothing is known of its disk then', async () => {
  const { verdict, value } = await measure({ dirs: ['/nowhere/at/all'] });
  expect([verdict, value('disk_percent'), value('disk_of')]).toEqual(['good', null, null]);
});

it('looks at each disk once, and names the one that is short of room', async () => {
  const { value } = await measure({ dirs: ['/nowhere', tmpdir(), tmpdir()] });
  expect(value('disk_of')).toBe(1);
});

it('is bad only where a disk is both as full and as short of room as was said', async () => {
  expect((await measure({ diskPercent: 0, diskFreeBytes: Number.MAX_SAFE_INTEGER })).note).toMatch(/^the disk of \S+ is [\d.]+ % full, \d+ MiB free$/);
  expect((await measure({ diskPercent: 0, diskFreeBytes: 0 })).verdict).toBe('good');
  expect((await measure({ diskPercent: 101, diskFreeBytes: Number.MAX_SAFE_INTEGER })).verdict).toBe('good');
});

it('walks log directories in the first reading of each quarter of an hour alone', async () => {
  const at = (now: number): Clock => ({ ...systemClock, now: () => now });
  expect((await measure({ logDirs: [tmpdir()] }, at(15 * 60_000))).value('log_bytes')).toBeGreaterThanOrEqual(0);
  expect((await measure({ logDirs: [tmpdir()] }, at(16 * 60_000))).value('log_bytes')).toBeNull();
});

describe.skipIf(NO_MOUNT !== null)('a small disk', () => {
  async function disk(inodes?: number): ReturnType<typeof smallDisk> {
    const made = await smallDisk(8, inodes);
    onTestFinished(() => made.remove());
    return made;
  }

  it('is bad once it is full, as df says it', async () => {
    const { dir, fill } = await disk();
    const limits = { dirs: [tmpdir(), dir], diskPercent: 95, diskFreeBytes: 2 ** 31 };
    await fill(1_048_576);
    expect((await measure({ ...limits, dirs: [dir] })).verdict).toBe('good');
    await fill(0);
    const { verdict, note, value } = await measure(limits);
    expect([verdict, note]).toEqual(['bad', `the disk of ${dir} is 100.0 % full, 0 MiB free`]);
    expect([value('disk_of'), value('disk_free_bytes')]).toEqual([1, 0]);
  });

  it('is bad once it can hold no more files, however much room it has', async () => {
    const { dir } = await disk(20);
    for (let n = 0; n < 30; n += 1) await writeFile(join(dir, String(n)), '').catch(() => undefined);
    const { verdict, note, value } = await measure({ dirs: [dir], diskPercent: 95 });
    expect([verdict, note, value('free_inodes')]).toEqual(['bad', `the disk of ${dir} can hold only 0 more files`, 0]);
  });
});

it.skipIf(NO_MOUNT === null)(`a small disk (skipped: ${NO_MOUNT})`, () => undefined);
