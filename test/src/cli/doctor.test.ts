import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPm2Home, type Pm2Home } from '../../doubles/pm2-home.js';
import { cli, writeConfig } from './run.js';

interface Document {
  readonly state: string;
  readonly remarks: readonly { readonly of: string; readonly state: string; readonly says: string; readonly fix: string | null }[];
}

let pm2: Pm2Home;
let dir: string;

beforeAll(async () => {
  pm2 = await startPm2Home();
  await pm2.startApp({ name: 'shop' });
}, 60_000);
afterAll(() => pm2.stop());
beforeEach(() => (dir = realpathSync(mkdtempSync(join(tmpdir(), 'hc-doctor-')))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (home: string, ...words: readonly string[]) => cli({ dir, now: Date.now(), meanwhile: async () => undefined }, ['doctor', ...words], { env: { PM2_HOME: home } });
const remarksOf = async (home: string) => (JSON.parse((await run(home, '--json')).stdout) as Document).remarks;

describe('hypercare doctor', () => {
  it('finds on an ordinary PM2 what would be lost with the machine, and what mends it', async () => {
    const { exit, stdout } = await run(pm2.home);
    expect(exit).toBe(1);
    expect(stdout).toContain('PM2 would not bring back shop');
    expect(stdout).toContain('→ pm2 save');
    expect(await remarksOf(pm2.home)).toContainEqual({ of: 'PM2', state: 'ok', says: `runs 1 process in ${pm2.home}`, fix: null });
  });

  it('takes PM2’s home from the configuration, and tells what that names and nobody runs', async () => {
    await writeConfig({ dir }, `pm2_home: ${pm2.home}\napps: { shpo: }\n`);
    const remarks = await remarksOf(join(dir, 'none'));
    expect(remarks).toContainEqual(expect.objectContaining({ of: 'PM2', state: 'ok' }));
    expect(remarks.find(({ of, state, says }) => of === 'configuration' && state === 'warn' && says.includes('shop'))?.says).toContain('did you mean "shop"?');
  });

  it('looks at the rest where no PM2 runs, and starts none', async () => {
    const remarks = await remarksOf(join(dir, 'none'));
    expect(remarks).toContainEqual(expect.objectContaining({ of: 'PM2', state: 'fail', says: `no PM2 runs for ${join(dir, 'none')}` }));
    expect(remarks.map(({ of }) => of)).toEqual(expect.arrayContaining(['configuration', 'disk', 'clock', 'Node.js']));
  });

  it('says of everything that is not well what mends it', async () => {
    for (const { state, fix } of await remarksOf(pm2.home)) expect(fix === null).toBe(state === 'ok');
  });
});
