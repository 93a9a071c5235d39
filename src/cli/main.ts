/** `hypercare` starts here. */
import { homedir, userInfo } from 'node:os';
import { processEnv } from '../config/env.js';
import { systemClock } from '../io/clock.js';
import { runCli } from './run-cli.js';

// Whoever reads us may stop (`hypercare incidents | head -1`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: processEnv(),
  cwd: process.cwd(),
  home: homedir(),
  user: osUser(),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
});

/** A container may run us as a number that no user has. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
