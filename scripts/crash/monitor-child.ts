/** A monitor as monitoring/main.ts puts it together, of parts that may kill it. Its one argument is the run's directory. */
import { userInfo } from 'node:os';
import { createMonitor } from '../../monitoring/monitor.js';
import { detectors } from '../../monitoring/detectors/index.js';
import { collectors } from '../../monitoring/evidence/index.js';
import { probes } from '../../monitoring/probes/index.js';
import { repairs } from '../../monitoring/repairs/index.js';
import { fileCarrier } from '../../src/io/file-carrier.js';
import { systemClock } from '../../src/io/clock.js';
import { createExec } from '../../src/io/exec.js';
import { createGit } from '../../src/io/git.js';
import { createHttp } from '../../src/io/http.js';
import { createLogger } from '../../src/io/log.js';
import { noPings } from '../../src/io/pings.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import { createPostgres } from '../../src/io/postgres.js';
import { createRedis } from '../../src/io/redis.js';
import { storeFile } from '../../src/store/address.js';
import { takeSeat, type Seat } from '../../src/store/seat.js';
import { openStore } from '../../src/store/store.js';
import { dyingExec, dyingPm2, dyingRepairs, dyingStore } from './dying.js';
import { readFate } from './fate.js';
import { readConfig } from './run-config.js';

const SEAT_EVERY_MS = 20;

const dir = process.argv[2] ?? '';
const config = readConfig(dir);
const log = createLogger({ format: 'text', level: 'info' });
const seat = await sit();
const fate = readFate(dir, 'monitor', systemClock);
const store = dyingStore(openStore({ file: storeFile(config) }), fate);
const exec = dyingExec(createExec(), fate);
const io = { clock: systemClock, http: createHttp(), exec, git: createGit(exec), pings: noPings, pm2: dyingPm2(createPm2({ home: config.pm2Home, clock: systemClock, log }), fate), postgres: createPostgres({ clock: systemClock }), redis: createRedis() };
const carrier = fileCarrier(storeFile(config), () => store.dataVersion());
const monitor = await createMonitor({ config, store, carrier, io, log, units: { probes, detectors, repairs: dyingRepairs(repairs, fate), evidence: collectors }, osUser: userInfo().username, seat });
await monitor.run().finally(() => seat.release());

async function sit(): Promise<Seat> {
  for (;;) {
    const taken = takeSeat(config.pm2Home);
    if (taken) return taken;
    await systemClock.sleep(SEAT_EVERY_MS);
  }
}
