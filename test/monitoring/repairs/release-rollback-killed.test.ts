import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.js';
import type { Io } from '../../../src/io/io.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { ioOf, prepareRollback, releasedShop, ROLLBACK, says, VERSIONED_APP, type ReleasedShop } from '../../doubles/released-app.js';
import { walk } from '../../doubles/walk.js';

const calm = new AbortController().signal;
let home: Pm2Home;
let compiled: Compiled;
let io: Io;
let shop: ReleasedShop;
let app: StartedApp;
beforeAll(async () => {
  home = await startPm2Home();
  compiled = await compile('test/doubles/walk.ts', 'test/doubles/released-app.ts');
});
afterAll(async () => {
  compiled.remove();
  await home.stop();
});
beforeEach(async () => {
  io = ioOf(home.home);
  shop = await releasedShop();
  app = await home.startApp({ name: 'shop', cwd: shop.current, code: VERSIONED_APP, awaitAnswer: true });
});
afterEach(async () => {
  await home.pm2('delete', 'shop').catch(() => undefined);
  await io.pm2.close();
  shop.box.remove();
});

describe('a rollback that is killed', () => {
  it.each(['switch current', 'restart shop'])('with -9 after “%s”, before that is on record, goes on to the end and does nothing twice', async (after) => {
    const target = await shop.target();
    const { prepared, steps } = await prepareRollback(target, io);
    const record = join(shop.box.dir, 'journal.json');
    const child = compiled.start(`
      import { writeFileSync } from 'node:fs';
      import { releaseRollback } from './monitoring/repairs/release-rollback.js';
      import { walk } from './test/doubles/walk.js';
      import { ioOf } from './test/doubles/released-app.js';
      const [target, args, prepared] = ${JSON.stringify([target, ROLLBACK, prepared])};
      const receipts = {};
      const keep = (step, receipt) => {
        if (step === ${JSON.stringify(after)}) { console.log('acted'); for (;;); }
        receipts[step] = receipt;
        writeFileSync(${JSON.stringify(record)}, JSON.stringify(receipts));
      };
      await walk(releaseRollback.steps(target, args, prepared), prepared, ioOf(${JSON.stringify(home.home)}), {}, keep);
    `);
    if (child.stdout) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const kept = JSON.parse(readFileSync(record, 'utf8')) as Record<string, Json>;
    expect(kept).not.toHaveProperty(after);

    const restarts = async (): Promise<number> => (await io.pm2.list())[0]?.restarts ?? -1;
    const before = await restarts();
    const walked = await walk(steps, prepared, io, kept);
    expect(walked.failure).toBeNull();
    expect(walked.done).not.toContain(after);
    expect(await restarts()).toBe(after === 'restart shop' ? before : before + 1);
    expect(await says(app)).toBe('v1');
  });

  it('finds its way back even when the receipt of the switch was lost with it', async () => {
    const { prepared, steps } = await prepareRollback(await shop.target(), io);
    const [note, switching] = steps.slice(2);
    const kept: Record<string, Json> = { 'note the way back': (await note?.act(prepared.witness, {}, io, calm)) ?? null };
    await switching?.act(prepared.witness, kept, io, calm);
    writeFileSync(join(shop.dirs.v1, 'version.js'), "throw new Error('broken since')");
    const walked = await walk(steps, prepared, io, kept);
    expect(walked.failure).toContain('confirm workers');
    expect(walked.done.at(-1)).toBe('−note the way back');
    expect(walked.troubles).toEqual([]);
    await until('v2 to serve again', async () => (await says(app)) === 'v2');
  });
});
