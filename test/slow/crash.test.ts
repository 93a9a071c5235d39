import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/io/package-root.js';
import { compile, type Compiled } from '../doubles/compiled.js';

/** No run is begun after this; the last one, and the one without deaths before them, come on top. */
const FOR_SECONDS = 150;
const SEED = 7;
/** What the program reads beside its modules. */
const READS = 'scripts/shop/releases';

let compiled: Compiled;

beforeAll(async () => {
  compiled = await compile('scripts/crash.ts', 'scripts/crash/monitor-child.ts', 'scripts/crash/bot-child.ts');
  symlinkSync(join(packageRoot(), READS), join(compiled.dir, READS));
});

afterAll(() => compiled.remove());

describe('a monitor and a bot that are killed by SIGKILL at drawn places of a rollback', () => {
  it('lose nothing, do nothing twice, and tell everything', async () => {
    const child = compiled.start(`process.argv.push('--runs', '100', '--seed', '${SEED}', '--for', '${FOR_SECONDS}');\nawait import('./scripts/crash.js');\n`);
    const [said, [code]] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'exit')]);
    expect(said).not.toContain('BROKEN');
    expect(code).toBe(0);
    const [, runs, deaths] = /^(\d+) runs, (\d+) deaths at \d+ kinds of places, 0 broken/m.exec(said) ?? [];
    expect(Number(runs)).toBeGreaterThan(2);
    expect(Number(deaths)).toBeGreaterThan(1);
  }, 320_000);
});

describe('a monitor that is killed by SIGKILL around the steps of a rollback', () => {
  it('leaves the old release or the new one, on releases and in place, and the rollback ends', async () => {
    const child = compiled.start(`process.argv.push('rollback', '--runs', '100', '--seed', '${SEED}', '--for', '${FOR_SECONDS}');\nawait import('./scripts/crash.js');\n`);
    const [said, [code]] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'exit')]);
    expect(said).not.toContain('BROKEN');
    expect(code).toBe(0);
    const [, runs, deaths] = /^(\d+) runs, (\d+) deaths at \d+ kinds of places, 0 broken/m.exec(said) ?? [];
    expect(Number(runs)).toBeGreaterThan(8);
    expect(Number(deaths)).toBeGreaterThan(3);
    for (const mode of ['releases', 'in-place']) expect(said).toMatch(new RegExp(`^ +\\d+ deaths  ${mode}  monitor/`, 'm'));
  }, 320_000);
});
