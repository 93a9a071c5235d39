import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Exit } from '../commands/command.js';
import { HypercareError } from '../domain/errors.js';
import type { CliIo } from './cli-io.js';

/** What scripts/demo.js exports: it tells its story itself, as it happens. */
interface DemoModule {
  runDemo(words: readonly string[], io: CliIo, options: { readonly json: boolean }): Promise<Exit>;
}

/** Hands over to the demo, which starts a shop, a PM2 and a monitor of its own and is loaded for nothing else. */
export async function demo(words: readonly string[], io: CliIo, json: boolean): Promise<Exit> {
  const script = new URL('../../scripts/demo.js', import.meta.url);
  if (!existsSync(fileURLToPath(script))) throw new HypercareError('demo.none', 'permanent', 'the demo is not built into this version', 'Run “npm run build” in a clone.');
  const { runDemo } = (await import(script.href)) as DemoModule;
  return runDemo(words, io, { json });
}
