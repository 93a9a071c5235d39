import { afterAll, beforeAll } from 'vitest';
import { pm2Kill } from '../../../monitoring/repairs/pm2-kill.js';
import { pm2Reload } from '../../../monitoring/repairs/pm2-reload.js';
import { pm2Restart } from '../../../monitoring/repairs/pm2-restart.js';
import { repairContract } from '../../contracts/repair.js';
import { startPm2Home } from '../../doubles/pm2-home.js';
import type { Pm2Home } from '../../doubles/pm2-home.js';
import { openPm2World, refusedOfAll } from '../../doubles/pm2-world.js';

let home: Pm2Home;

beforeAll(async () => {
  home = await startPm2Home();
});
afterAll(() => home.stop());

for (const repair of [pm2Kill, pm2Reload, pm2Restart]) {
  repairContract({
    repair,
    open: () => openPm2World({ home, app: { cluster: 1 }, args: {}, essence: (instances) => instances.map(({ pmId, startedAt }) => ({ pmId, startedAt })) }),
    refused: refusedOfAll(),
  });
}
