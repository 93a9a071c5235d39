import { homedir, userInfo } from 'node:os';
import type { Config } from './config.js';
import { configPaths, forgetSecrets, processEnv, readEnvironment } from './env.js';
import { loadConfig } from './load.js';
import { mistakeLine } from './mistake.js';
import type { Units } from './units.js';
import type { Secrets } from './secrets.js';

export interface Booted {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly warnings: readonly string[];
  readonly osUser: string;
}

/** What a process reads once at its start. With mistakes in the config it gets their lines instead. */
export function boot(units: Units, override?: { readonly file?: string }): Booted | { readonly mistakes: readonly string[] } {
  const env = processEnv();
  const paths = configPaths(override?.file ? { ...env, HYPERCARE_CONFIG: override.file } : env, process.cwd());
  const loaded = loadConfig({ ...paths, env, home: homedir(), units });
  if (!loaded.ok) return { mistakes: loaded.mistakes.map(mistakeLine) };
  const { secrets } = readEnvironment({ env, envFile: paths.envFile });
  forgetSecrets();
  return { config: loaded.config, secrets, warnings: loaded.warnings.map(mistakeLine), osUser: userInfo().username };
}
