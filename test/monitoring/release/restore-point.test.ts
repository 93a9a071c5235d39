import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { gitSandbox, type Sandbox } from '../../doubles/git-repo.js';
import { saveRestorePoint } from '../../../monitoring/release/restore-point.js';

let box: Sandbox;
let compiled: Compiled;
const io = { clock: systemClock, pm2: { list: async () => [] } } as unknown as Parameters<typeof saveRestorePoint>[1];

beforeEach(async () => {
  box = gitSandbox();
  mkdirSync(join(box.dir, 'releases/one'), { recursive: true });
  symlinkSync('releases/one', join(box.dir, 'current'));
  compiled = await compile('monitoring/release/restore-point.ts');
});
afterEach(() => {
  box.remove();
  compiled.remove();
});

/** Dies right before the file gets its name. */
const DYING = `
  import { syncBuiltinESMExports } from 'node:module';
  import fs from 'node:fs/promises';
  fs.rename = () => process.kill(process.pid, 'SIGKILL');
  syncBuiltinESMExports();
  const { saveRestorePoint } = await import('./monitoring/release/restore-point.js');
  await saveRestorePoint({ base: BASE, names: [] }, { clock: { now: () => 1 }, pm2: { list: async () => [] } });
`;

describe('a restore point', () => {
  it('says where the link led', async () => {
    const file = await saveRestorePoint({ base: box.dir, names: ['shop'] }, io);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1, link: { leadsTo: join(box.dir, 'releases/one'), text: 'releases/one' } });
  });

  it('that was killed half way is written over by the next, and leaves nothing', async () => {
    const child = compiled.start(DYING.replace('BASE', JSON.stringify(box.dir)));
    expect(await new Promise((done) => child.once('exit', (_code, signal) => done(signal)))).toBe('SIGKILL');
    expect(readdirSync(join(box.dir, '.hypercare')).length).toBe(1);
    const file = await saveRestorePoint({ base: box.dir, names: ['shop'] }, io);
    expect(readdirSync(join(box.dir, '.hypercare')).map((name) => join(box.dir, '.hypercare', name))).toEqual([file]);
  });
});
