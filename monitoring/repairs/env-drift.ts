import { declaredEnv } from '../../src/io/ecosystem.js';
import { environmentOf } from '../../src/io/processes.js';
import type { Pm2Process } from '../../src/io/pm2.js';

const MOST_KEYS = 5;

/**
 * What people should know before a restart that they expect to take up a change: the ecosystem file says otherwise than
 * what runs. PM2 keeps the environment an app was started with over reloads and restarts. Names only, never a value.
 */
export async function driftNotes(name: string, instances: readonly Pm2Process[]): Promise<readonly string[]> {
  const [first] = instances;
  const running = first === undefined || first.pid === 0 ? null : await environmentOf(first.pid);
  if (first === undefined || running === null) return [];
  const declared = await declaredEnv(first.cwd, name, running);
  const keys = [...(declared?.values ?? [])].filter(([key, values]) => !values.includes(running[key] ?? '')).map(([key]) => key);
  if (declared === null || keys.length === 0) return [];
  const more = keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : '';
  return [`${name} runs with another ${keys.slice(0, MOST_KEYS).join(', ')}${more} than ${declared.file} says, and keeps it now: pm2 restart ${declared.file} takes the file's`];
}
