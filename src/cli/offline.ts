import { HypercareError } from '../domain/errors.js';
import { createLogger } from '../io/log.js';
import { whoHasOpen } from '../io/processes.js';
import { storeAddress } from '../store/address.js';
import { seatFile } from '../store/seat.js';
import { takeSeats } from '../store/take-seats.js';
import type { CliIo } from './cli-io.js';
import { findConfig } from './find-config.js';
import { readConfig } from './load-config.js';

/**
 * A monitor in this process, for as long as one command takes: when the real one does not run, a person can still go
 * back, through the same stages, brakes and journal and under the same seat.
 */
export async function startOffline(io: CliIo, named: string | null): Promise<() => Promise<void>> {
  const { config, secrets } = await readConfig(io, findConfig(io, named));
  const seat = await takeSeats(config, storeAddress(config, secrets));
  if (!seat) throw taken(await whoHasOpen(seatFile(config.pm2Home)));
  try {
    const { composeMonitor } = await import('../../monitoring/compose.js');
    const log = createLogger({ format: 'text', level: 'warn' }, (line) => void io.stderr.write(line));
    const composed = await composeMonitor({ config, secrets, log, osUser: io.user, seat });
    void composed.run().catch(() => undefined);
    return async () => {
      await composed.close();
      seat.release();
    };
  } catch (error) {
    seat.release();
    throw error;
  }
}

function taken(pid: number | null): HypercareError {
  const end = pid === null ? '“npm stop”' : `“npm stop”, or “kill ${pid}”`;
  return new HypercareError(
    'seat.taken', 'denied', `a monitor${pid === null ? '' : ` (pid ${pid})`} watches this PM2: two may not act at once`,
    `Ask it: the same command without --offline. If it does not answer, end it (${end}), then ask again.`,
  );
}
