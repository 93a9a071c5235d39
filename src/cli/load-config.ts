import { resolve } from 'node:path';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/config.js';
import { mistakeLine, type Mistake } from '../config/mistake.js';
import type { Secrets } from '../config/secrets.js';
import { HypercareError } from '../domain/errors.js';
import type { Policy } from '../policy/policy.js';
import type { CliIo } from './cli-io.js';
import type { ConfigPaths } from './find-config.js';

/** The whole configuration, checked against every unit there is; the registries are loaded only here. */
export async function checkConfig(io: Pick<CliIo, 'env' | 'home'>, paths: ConfigPaths & { readonly beneath?: string }): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config/load.js');
  const { channelSchemas } = await import('../../bot/channels/index.js');
  const { repairs } = await import('../../monitoring/repairs/index.js');
  const { incidentKinds } = await import('../../monitoring/runbooks/index.js');
  return loadConfig({ ...paths, env: io.env, home: io.home, units: { channels: channelSchemas, repairs: Object.keys(repairs), incidents: incidentKinds() } });
}

/** The configuration has mistakes; they are told line by line. */
export class ConfigMistakes extends HypercareError {
  constructor(
    file: string,
    readonly mistakes: readonly Mistake[],
  ) {
    super('config.invalid', 'invalid', `${file} has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}`, 'Correct it; “hypercare config check” shows whether it is right.');
  }
}

/** The configuration and the secrets beside it; throws ConfigMistakes. */
export async function readConfig(io: Pick<CliIo, 'env' | 'home'>, paths: ConfigPaths): Promise<{ readonly config: Config; readonly secrets: Secrets }> {
  const loaded = await checkConfig(io, paths);
  if (!loaded.ok) throw new ConfigMistakes(paths.file, loaded.mistakes);
  const { readEnvironment } = await import('../config/env.js');
  return { config: loaded.config, secrets: readEnvironment({ env: io.env, envFile: paths.envFile }).secrets };
}

/** The same for who only needs to reach the store: of a configuration with mistakes, what can be read; `broken` tells them. */
export async function readRemains(io: Pick<CliIo, 'env' | 'home'>, paths: ConfigPaths): Promise<{ readonly config: Config; readonly secrets: Secrets; readonly broken: ConfigMistakes | null }> {
  const loaded = await checkConfig(io, paths);
  const { readEnvironment } = await import('../config/env.js');
  const { secrets } = readEnvironment({ env: io.env, envFile: paths.envFile });
  return loaded.ok ? { config: loaded.config, secrets, broken: null } : { config: loaded.remains, secrets, broken: new ConfigMistakes(paths.file, loaded.mistakes) };
}

/** One line for who goes on in spite of mistakes: where, and what is wrong first. */
export function brokenLine({ message, mistakes }: ConfigMistakes, dataDir: string): string {
  const first = mistakes[0] === undefined ? '' : `, the first: ${mistakeLine(mistakes[0])}`;
  return `${message}${first} (“hypercare config check” shows all); what is in ${dataDir} is used all the same`;
}

/** The policy of another file, which may hold nothing else: then the configuration in use gives the rest. Throws ConfigMistakes. */
export async function readPolicy(io: Pick<CliIo, 'env' | 'home' | 'cwd'>, paths: ConfigPaths, file: string): Promise<Policy> {
  const loaded = await checkConfig(io, { ...paths, file: resolve(io.cwd, file), beneath: paths.file });
  if (!loaded.ok) throw new ConfigMistakes(file, loaded.mistakes);
  return loaded.config.policy;
}
