import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';

/** Where this installation's configuration and memory are. */
export interface Place {
  /** Absolute path of hypercare.yaml; with `sample` it may not be there yet. */
  readonly config: string;
  readonly dataDir: string;
  /** True when the bundled sample shop is watched: nobody configured anything else. */
  readonly sample: boolean;
}

/** HYPERCARE_CONFIG, else hypercare.yaml in `cwd`, else the sample's in the data directory. Throws where the first is named and missing. */
export function findPlace(env: Readonly<Record<string, string | undefined>>, cwd: string): Place {
  const dataDir = findDataDir(env, cwd);
  const sampleConfig = join(dataDir, 'hypercare.yaml');
  const named = env['HYPERCARE_CONFIG'];
  if (named) {
    const config = resolve(cwd, named);
    if (!existsSync(config)) throw new HypercareError('config.missing', 'invalid', `HYPERCARE_CONFIG names ${config}, and there is no such file`, 'Correct it, or unset it to watch the bundled sample shop.');
    return { config, dataDir, sample: config === sampleConfig && watchesSample(config, dataDir) };
  }
  const here = join(cwd, 'hypercare.yaml');
  if (existsSync(here)) return { config: here, dataDir, sample: false };
  return { config: sampleConfig, dataDir, sample: watchesSample(sampleConfig, dataDir) };
}

/** Where the sample shop is kept: HYPERCARE_HOME, else ~/.hypercare. */
export function findDataDir(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  return resolve(cwd, env['HYPERCARE_HOME'] || join(homedir(), '.hypercare'));
}

export function sampleShopDir(dataDir: string): string {
  return join(dataDir, 'shop');
}

/** Somebody may have turned the sample's configuration into that of their own app. */
function watchesSample(config: string, dataDir: string): boolean {
  return !existsSync(config) || readFileSync(config, 'utf8').includes(sampleShopDir(dataDir));
}
