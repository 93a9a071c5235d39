import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCurrent, switchCurrent } from '../../../monitoring/release/switch.js';
import { compile, type Compiled } from '../../doubles/compiled.js';

let compiled: Compiled;
beforeAll(async () => { compiled = await compile('monitoring/release/switch.ts'); });
afterAll(() => compiled.remove());

let base: string;
let one: string;
let two: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'hc-switch-')));
  one = join(base, 'releases/one');
  two = join(base, 'releases/two');
  mkdirSync(one, { recursive: true });
  mkdirSync(two);
  symlinkSync('releases/one', join(base, 'current'));
});
afterEach(() => rmSync(base, { recursive: true }));

describe('switch', () => {
  it('points the link elsewhere, and keeps a relative one relative', async () => {
    await switchCurrent(base, { from: one, to: two });
    expect(readlinkSync(join(base, 'current'))).toBe('releases/two');
    expect(await readCurrent(base)).toEqual({ text: 'releases/two', dir: two });
    expect(readdirSync(base).sort()).toEqual(['current', 'releases']);
  });

  it('keeps an absolute link absolute', async () => {
    rmSync(join(base, 'current'));
    symlinkSync(one, join(base, 'current'));
    await switchCurrent(base, { from: one, to: two });
    expect(readlinkSync(join(base, 'current'))).toBe(two);
  });

  it('is content when it is done already, and can come back', async () => {
    await switchCurrent(base, { from: one, to: two });
    await switchCurrent(base, { from: one, to: two });
    await switchCurrent(base, { from: two, to: one });
    expect((await readCurrent(base))?.dir).toBe(one);
  });

  it('refuses when somebody else switched it meanwhile', async () => {
    const three = join(base, 'releases/three');
    mkdirSync(three);
    await switchCurrent(base, { from: one, to: three });
    await expect(switchCurrent(base, { from: one, to: two })).rejects.toMatchObject({ code: 'release.moved' });
    expect((await readCurrent(base))?.dir).toBe(three);
  });

  it('leaves a real directory in the place of the link alone, and says so', async () => {
    rmSync(join(base, 'current'));
    mkdirSync(join(base, 'current'));
    await expect(readCurrent(base)).rejects.toMatchObject({ code: 'release.no_link' });
    await expect(switchCurrent(base, { from: one, to: two })).rejects.toMatchObject({ code: 'release.no_link' });
  });

  it('tells where a link leads whose directory is gone, and null where there is no link', async () => {
    rmSync(one, { recursive: true });
    expect((await readCurrent(base))?.dir).toBe(one);
    rmSync(join(base, 'current'));
    expect(await readCurrent(base)).toBeNull();
  });

  it('works though a switch was killed between making its link and renaming it', async () => {
    symlinkSync('releases/nowhere', join(base, '.current-next'));
    await switchCurrent(base, { from: one, to: two });
    expect((await readCurrent(base))?.dir).toBe(two);
    expect(existsSync(join(base, '.current-next'))).toBe(false);
  });

  it('killed with -9 at any moment it leaves the old or the new target, and the next switch works', async () => {
    for (const afterMs of [0, 3, 11, 29]) {
      const child = compiled.start(`
        import { switchCurrent, readCurrent } from './monitoring/release/switch.js';
        const [base, one, two] = ${JSON.stringify([base, one, two])};
        console.log('on it');
        for (;;) { await switchCurrent(base, { from: one, to: two }); await switchCurrent(base, { from: two, to: one }); }
      `);
      if (child.stdout) await once(child.stdout, 'data');
      setTimeout(() => child.kill('SIGKILL'), afterMs);
      await once(child, 'exit');
      const left = await readCurrent(base);
      expect([one, two]).toContain(left?.dir);
      await switchCurrent(base, { from: left?.dir ?? '', to: one });
      expect((await readCurrent(base))?.dir).toBe(one);
    }
  });
});
