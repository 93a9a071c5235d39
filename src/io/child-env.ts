import { homedir } from 'node:os';
import { dirname } from 'node:path';

/**
 * What a child gets of our environment: PATH, HOME and LANG, so that no token of ours reaches git, npm or a container
 * tool. Our own node stands first on PATH: what we build is built with what we run on.
 */
export function childEnv(): Readonly<Record<string, string>> {
  return {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
    HOME: process.env['HOME'] ?? homedir(),
    LANG: process.env['LANG'] ?? 'C.UTF-8',
  };
}
