import type { ProcessEnv } from '../config/env.js';
import type { Clock } from '../io/clock.js';

/** Where text goes; `isTTY` and `columns` as Node's streams have them. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything of the process that the command line uses, so that a test can be another process. */
export interface CliIo {
  /** Without node's path and the script's. */
  readonly argv: readonly string[];
  readonly env: ProcessEnv;
  readonly cwd: string;
  readonly home: string;
  /** Name of the operating-system user. */
  readonly user: string;
  /** IANA name of the zone times are shown in. */
  readonly timeZone: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly clock: Clock;
}
