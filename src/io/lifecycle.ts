import { errorText } from '../domain/errors.js';
import type { Logger } from './log.js';

/**
 * How both processes end: SIGINT and SIGTERM stop them in order, and PM2 is told. A rejection nobody handled is logged
 * and survived, for a chat library must not take the process with it; an exception nobody caught ends it, and PM2 starts anew.
 */
export function runUntilStopped(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const end = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stops');
    stop().then(() => process.exit(0), (error: unknown) => {
      log.error({ error: errorText(error) }, 'did not stop in order');
      process.exit(1);
    });
  };
  process.on('SIGINT', () => end('SIGINT'));
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('unhandledRejection', (reason) => log.error({ error: errorText(reason) }, 'a rejection was not handled'));
  // PM2's daemon died with our pipe: nobody reads the log, and we live to tell.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}
