import { existsSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rehearseArgs, releaseRehearse } from '../../../monitoring/repairs/release-rehearse.js';
import type { RepairTarget, Step } from '../../../monitoring/repairs/repair.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { createHttp, type Http } from '../../../src/io/http.js';
import type { Io } from '../../../src/io/io.js';
import { startPm2Home, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { ioOf, releasedShop, says, VERSIONED_APP, type ReleasedShop } from '../../doubles/released-app.js';
import { walk } from '../../doubles/walk.js';

const ARGS = rehearseArgs.parse({});
const SMOKE = { command: ['node', 'app.cjs'], env: {}, path: '/', timeoutMs: 10_000 };

let home: Pm2Home;
let http: Http;
let io: Io;
let shop: ReleasedShop;
let app: StartedApp;
beforeAll(async () => {
  home = await startPm2Home();
  http = createHttp();
});
afterAll(async () => {
  await http.close();
  await home.stop();
});
beforeEach(async () => {
  io = { ...ioOf(home.home), http };
  shop = await releasedShop();
  app = await home.startApp({ name: 'shop', cwd: shop.current, code: VERSIONED_APP, awaitAnswer: true });
});
afterEach(async () => {
  await home.pm2('delete', 'shop').catch(() => undefined);
  await io.pm2.close();
  shop.box.remove();
});

function target(smoke?: typeof SMOKE): Promise<RepairTarget> {
  return shop.target({ release: { mode: 'releases', dir: shop.base, repo: shop.repo.dir, ...(smoke ? { smoke } : {}) } });
}

async function rehearse(of: RepairTarget): Promise<{ readonly prepared: Prepared; readonly steps: readonly Step[] }> {
  const prepared = await releaseRehearse.prepare(of, ARGS, io, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  return { prepared, steps: releaseRehearse.steps(of, ARGS, prepared) };
}

async function nothingLiveWasTouched(before: readonly number[]): Promise<void> {
  expect(readlinkSync(shop.current)).toBe(`releases/${shop.commits.v2.slice(0, 12)}`);
  expect((await io.pm2.list()).map(({ pid }) => pid)).toEqual(before);
  expect(await says(app)).toBe('v2');
}

const pids = async (): Promise<readonly number[]> => (await io.pm2.list()).map(({ pid }) => pid);

describe('release.rehearse', () => {
  it('builds the way back where it is gone, looks at it, starts it on a spare port, and touches nothing that is live', async () => {
    const before = await pids();
    const of = await target(SMOKE);
    rmSync(shop.dirs.v1, { recursive: true });
    const { prepared, steps } = await rehearse(of);
    expect(prepared.does.map(({ name }) => name)).toEqual([`build ${shop.commits.v1.slice(0, 7)}`, 'look at the release', 'smoke check']);
    expect(prepared).toMatchObject({ bounds: { restarts: 0 }, rehearses: of.ledger[1]?.id, verify: { byItself: true } });
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toBe(null);
    expect(walked.receipts['smoke check']).toMatchObject({ said: expect.stringMatching(/^answered on a spare port after/) as unknown });
    expect(existsSync(join(shop.dirs.v1, 'REVISION'))).toBe(true);
    await nothingLiveWasTouched(before);
  });

  it('is not started where nobody declared how, and says so', async () => {
    const { prepared } = await rehearse(await target());
    expect(prepared.does.map(({ name }) => name)).toEqual(['look at the release']);
    expect(prepared.notes).toContain('it is not started: no smoke check is declared');
  });

  it('tells of a way back that is in pieces', async () => {
    const before = await pids();
    const { prepared, steps } = await rehearse(await target());
    rmSync(join(shop.dirs.v1, 'app.cjs'));
    expect((await walk(steps, prepared, io)).failure).toContain('has no app.cjs, which PM2 starts');
    await nothingLiveWasTouched(before);
  });

  it('tells of a way back that does not start any more', async () => {
    const before = await pids();
    const of = await target({ ...SMOKE, command: ['node', '-e', 'throw new Error("no such table: orders")'] });
    const { prepared, steps } = await rehearse(of);
    expect((await walk(steps, prepared, io)).failure).toBe('smoke check: The smoke check failed: it ended with code 1: Error: no such table: orders');
    await nothingLiveWasTouched(before);
  });

  it('is refused in place, and where there is no way back', async () => {
    const of = await target();
    const refusal = async (fields: Partial<RepairTarget>): Promise<string> => {
      const prepared = await releaseRehearse.prepare({ ...of, ...fields }, ARGS, io, new AbortController().signal);
      return 'refused' in prepared ? prepared.refused : 'was not refused';
    };
    expect(await refusal({ release: { mode: 'in-place', dir: shop.base, repo: null } })).toContain('there is no place beside it to try a release in');
    expect(await refusal({ ledger: of.ledger.slice(0, 1) })).toContain('There is no release of shop to go back to yet');
  });
});
