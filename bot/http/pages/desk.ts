import type { Context as Speaker } from '../../../src/commands/command.js';
import type { ApiParts } from '../api-parts.js';
import type { Call } from '../call.js';
import type { Caller } from '../caller.js';
import type { Shared } from '../shared.js';

export const HOME = '/dashboard';

/** What the pages are served from. */
export interface Desk {
  readonly parts: ApiParts;
  readonly shared: Shared;
  speak(caller: Caller | null): Speaker;
}

/** One field of a form; undefined where it was not sent. */
export async function field(call: Call, name: string): Promise<string | undefined> {
  const value = (await call.req.parseBody())[name];
  return typeof value === 'string' ? value : undefined;
}
