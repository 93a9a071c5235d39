import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pruneReleases } from '../../../monitoring/release/prune.js';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'hc-prune-')));
  // r1 is the oldest.
  for (const n of [1, 2, 3, 4, 5, 6]) {
    mkdirSync(join(base, `releases/r${n}/sub`), { recursive: true });
    writeFileSync(join(base, `releases/r${n}/REVISION`), `${String(n).repeat(40)}\n`);
    utimesSync(join(base, `releases/r${n}/REVISION`), n * 1_000, n * 1_000);
  }
  symlinkSync('releases/r6', join(base, 'current'));
});
afterEach(() => rmSync(base, { recursive: true }));

const left = (): string[] => readdirSync(join(base, 'releases')).sort();

describe('prune', () => {
  it('keeps the newest and tells what it removed', async () => {
    expect(await pruneReleases({ base, keep: 4, protect: [] })).toEqual([join(base, 'releases/r2'), join(base, 'releases/r1')]);
    expect(left()).toEqual(['r3', 'r4', 'r5', 'r6']);
  });

  it('never removes the live one, however old', async () => {
    rmSync(join(base, 'current'));
    symlinkSync('releases/r1', join(base, 'current'));
    await pruneReleases({ base, keep: 2, protect: [] });
    expect(left()).toEqual(['r1', 'r5', 'r6']);
  });

  it('never removes one a process works in, even below it, nor a protected path', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], { cwd: join(base, 'releases/r1/sub'), stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    await pruneReleases({ base, keep: 2, protect: [join(base, 'releases/r3/sub/server.js'), join(base, 'releases/r2')] });
    expect(left()).toEqual(['r1', 'r2', 'r3', 'r5', 'r6']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await pruneReleases({ base, keep: 2, protect: [] });
    expect(left()).toEqual(['r5', 'r6']);
  });

  it('keeps two at least, and leaves alone what is no release of ours', async () => {
    mkdirSync(join(base, 'releases/by-hand'));
    writeFileSync(join(base, 'releases/notes.txt'), 'x');
    await pruneReleases({ base, keep: 0, protect: [] });
    expect(left()).toEqual(['by-hand', 'notes.txt', 'r5', 'r6']);
  });

  it('takes away what killed builds left, but not what is under way', async () => {
    const ended = spawn('true', []);
    await once(ended, 'exit');
    const [dead, mine] = [`.tmp-0123456789ab-${ended.pid}-aa`, `.tmp-0123456789ab-${process.pid}-bb`];
    const [busy, half] = [`.tmp-0123456789ab-${ended.pid}-cc`, `.trash-r0-${ended.pid}-dd`];
    for (const name of [dead, mine, busy, half]) mkdirSync(join(base, 'releases', name));
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], { cwd: join(base, 'releases', busy), stdio: ['ignore', 'pipe', 'ignore'] });
    await once(orphan.stdout, 'data');
    await pruneReleases({ base, keep: 9, protect: [] });
    expect([dead, mine, busy, half].filter((name) => existsSync(join(base, 'releases', name)))).toEqual([mine, busy]);
    orphan.kill('SIGKILL');
    await once(orphan, 'exit');
  });
});
