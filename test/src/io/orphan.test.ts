import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { createLogger } from '../../../src/io/log.js';
import { giveWayWhenOrphaned, isOrphaned } from '../../../src/io/orphan.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import type { Pm2 } from '../../../src/io/pm2.js';
import { idleApp, startPm2Home, until, type Pm2Home } from '../../doubles/pm2-home.js';

const log = createLogger({ format: 'text', level: 'silent' }, () => undefined);
let home: Pm2Home;
let pm2: Pm2;
beforeAll(async () => {
  home = await startPm2Home();
  pm2 = createPm2({ home: home.home, clock: systemClock, log });
  await home.startApp({ name: 'hypercare-bot', code: idleApp, awaitAnswer: false });
});
afterAll(async () => {
  await pm2.close();
  await home.stop();
});

describe('an orphan', () => {
  it('is whoever PM2 does not list while it lists a running one of the same name', async () => {
    const [listed] = await pm2.list();
    expect(await isOrphaned(pm2, 'hypercare-bot', listed?.pid)).toBe(false);
    expect(await isOrphaned(pm2, 'hypercare-monitor')).toBe(false);
    expect(await isOrphaned(pm2, 'hypercare-bot')).toBe(true);
  });

  it('lives on while the other one does not run, and while no daemon does', async () => {
    await home.pm2('stop', 'hypercare-bot');
    expect(await isOrphaned(pm2, 'hypercare-bot')).toBe(false);
    await home.pm2('restart', 'hypercare-bot');
    expect(await isOrphaned({ list: () => Promise.reject(new Error('no PM2 daemon runs')) }, 'hypercare-bot')).toBe(false);
  });

  it('ends itself once, and not after it was told to stop looking', async () => {
    let ended = 0;
    const orphan = { pm2, name: 'hypercare-bot', log, end: async () => void (ended += 1), everyMs: 20 } as const;
    giveWayWhenOrphaned(orphan)();
    giveWayWhenOrphaned(orphan);
    await until('it to end itself', () => ended > 0);
    const asked = await Promise.all([pm2.list(), pm2.list(), pm2.list()]);
    expect([asked.length, ended]).toEqual([3, 1]);
  });
});
