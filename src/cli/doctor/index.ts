import { afterReboot } from './after-reboot.js';
import { clock } from './clock.js';
import { configuration } from './configuration.js';
import { disk } from './disk.js';
import { envDrift } from './env-drift.js';
import type { Examination } from './examination.js';
import { hiddenCrashes } from './hidden-crashes.js';
import { linkedReleases } from './linked-releases.js';
import { logs } from './logs.js';
import { nodeVersion } from './node-version.js';
import { pm2Daemon } from './pm2-daemon.js';

/** What is examined, in the order in which it is told. */
export const examinations: readonly Examination[] = [configuration, pm2Daemon, hiddenCrashes, linkedReleases, envDrift, afterReboot, logs, disk, clock, nodeVersion];
