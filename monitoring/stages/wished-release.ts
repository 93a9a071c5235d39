import type { Json } from '../../src/domain/json.js';
import { REHEARSE } from '../../src/domain/rehearsal.js';
import type { Request } from '../../src/store/requests.js';
import { DEPLOY, ROLLBACK } from './stage.js';

export interface WishedRelease {
  readonly repair: string;
  readonly repairArgs: Json;
  readonly title: string;
  readonly planOnly: boolean;
}

/** What a person wants who asks for another release; null: the request is for something else. */
export function wishedRelease({ verb, args, personName }: Pick<Request, 'verb' | 'args' | 'personName'>): WishedRelease | null {
  const { to = null, ref = '', reason = '', override = null, planOnly = false, rehearse = false } = args as Partial<Record<'to' | 'ref' | 'reason' | 'override', string>> & { readonly planOnly?: boolean; readonly rehearse?: boolean };
  switch (verb) {
    case 'rollback': return rehearse ? { repair: REHEARSE, repairArgs: { to, reason }, title: `${personName} asked for a rehearsal of the way back`, planOnly } : { repair: ROLLBACK, repairArgs: { to, reason }, title: `${personName} asked for a rollback: ${reason || 'no reason given'}`, planOnly };
    case 'deploy': return { repair: DEPLOY, repairArgs: { ref, reason, override }, title: `${personName} asked for a deploy of ${ref}${reason === '' ? '' : `: ${reason}`}`, planOnly };
    default: return null;
  }
}
