import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../io/package-root.js';
import type { CliIo } from './cli-io.js';

export interface ConfigPaths {
  readonly file: string;
  readonly envFile: string;
}

/**
 * Where the configuration is: --config, HYPERCARE_CONFIG, hypercare.yaml here, beside the program, or in the data
 * directory, where `npm start` puts that of the sample shop. The last is named where there is none.
 */
export function findConfig(io: Pick<CliIo, 'env' | 'cwd' | 'home'>, named: string | null): ConfigPaths {
  const said = named ?? io.env['HYPERCARE_CONFIG'];
  const dataDir = resolve(io.cwd, io.env['HYPERCARE_HOME'] || join(io.home, '.hypercare'));
  const usual = [io.cwd, packageRoot(), dataDir].map((dir) => join(dir, 'hypercare.yaml'));
  const file = said ? resolve(io.cwd, said) : (usual.find((path) => existsSync(path)) ?? (usual.at(-1) as string));
  return { file, envFile: join(dirname(file), '.env') };
}
