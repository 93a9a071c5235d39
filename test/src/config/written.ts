import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import type { Config } from '../../../src/config/config.js';
import { configLoader, type ConfigSource, type LoadedConfig } from '../../../src/config/load.js';
import { mistakeLine, type Mistake } from '../../../src/config/mistake.js';
import type { Units } from '../../../src/config/units.js';

/** Units as the registries hand them in, small enough that messages listing them stay readable. */
export const units: Units = {
  channels: {
    console: z.strictObject({ level: z.enum(['info', 'warning']).default('info'), apps: z.array(z.string()).optional() }),
    slack: z.object({ channel: z.string().regex(/^C[A-Z0-9]+$/, 'must be a channel id') }),
  },
  repairs: ['pm2.reload', 'pm2.restart', 'release.rollback'],
};

const load = configLoader(units);

/** An empty directory that is gone after the test. */
export function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hypercare-config-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface Written {
  readonly env?: ConfigSource['env'];
  /** Content of the .env file; absent: there is none. */
  readonly dotEnv?: string;
}

/** Loads this text as hypercare.yaml; the files are gone afterwards, so it may be called outside of a test too. */
export function loadText(text: string | Uint8Array, { env = {}, dotEnv }: Written = {}): LoadedConfig {
  const dir = mkdtempSync(join(tmpdir(), 'hypercare-config-'));
  try {
    const file = join(dir, 'hypercare.yaml');
    const envFile = join(dir, '.env');
    writeFileSync(file, text);
    if (dotEnv !== undefined) writeFileSync(envFile, dotEnv, { mode: 0o600 });
    const loaded = load({ file, env, envFile, home: '/home/ann' });
    const named = (list: readonly Mistake[]): readonly Mistake[] => list.map((one) => ({ ...one, file: one.file.replace(`${dir}/`, '') }));
    return loaded.ok ? { ...loaded, warnings: named(loaded.warnings) } : { ...loaded, mistakes: named(loaded.mistakes), warnings: named(loaded.warnings) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The lines a person would see for this text; none where it is right. */
export function linesFor(text: string | Uint8Array, written: Written = {}): readonly string[] {
  const loaded = loadText(text, written);
  return loaded.ok ? [] : loaded.mistakes.map(mistakeLine);
}

/** The Config this text stands for; fails the test with the mistakes where it is wrong. */
export function configFor(text: string, written: Written = {}): Config {
  const loaded = loadText(text, written);
  if (!loaded.ok) throw new Error(loaded.mistakes.map(mistakeLine).join('\n'));
  return loaded.config;
}
