import { HypercareError } from '../../src/domain/errors.js';
import { covers, EVERYTHING, type HoldKind } from '../../src/domain/hold.js';
import type { Json } from '../../src/domain/json.js';
import { mayActAs, type Role } from '../../src/domain/person.js';
import { openHolds } from '../../src/store/holds.js';
import { getPerson } from '../../src/store/people.js';
import type { Request } from '../../src/store/requests.js';
import type { Db } from '../../src/store/schema.js';
import { begin, end, scopeText } from './holding.js';
import type { StageContext } from './stage.js';

/** Stopping is for whoever may ask for something; letting go again for whoever may say yes. */
const MAY: Readonly<Record<string, Role>> = { freeze: 'operator', silence: 'operator', unsilence: 'operator', unfreeze: 'approver' };
/** A person's word ends these before their time. A maintenance window would begin again at once. */
const LIFTED: readonly HoldKind[] = ['freeze', 'flap', 'storm', 'failures', 'restored'];
const FILE_KEY = 'freeze-file';

export function isHoldVerb(verb: string): boolean {
  return Object.hasOwn(MAY, verb);
}

interface Wanted {
  readonly scope: string;
  readonly reason: string;
  readonly forMs: number | null;
}

export async function holdByHand(tx: Db, ctx: StageContext, request: Request): Promise<Json> {
  const person = await getPerson(tx, ctx.hostId, request.personId);
  if (!person || !mayActAs(person, MAY[request.verb] ?? 'approver')) throw new HypercareError('denied.role', 'denied', `${request.personName} may not ${request.verb}`, null);
  const wanted = request.args as unknown as Wanted;
  if (request.verb === 'unfreeze') return lift(tx, ctx, { by: person.name, kinds: LIFTED, scope: wanted.scope });
  if (request.verb === 'unsilence') return lift(tx, ctx, { by: person.name, kinds: ['silence'], scope: wanted.scope });
  const until = wanted.forMs === null ? null : ctx.clock.now() + wanted.forMs;
  const hold = await begin(tx, ctx, { kind: request.verb === 'freeze' ? 'freeze' : 'silence', scope: wanted.scope, author: person.name, reason: wanted.reason, until, key: null });
  return { holdId: hold?.id ?? null };
}

interface Lifting {
  readonly by: string;
  readonly kinds: readonly HoldKind[];
  readonly scope: string;
}

/** Without an app everything is lifted; with one, what holds it alone. The freeze file is lifted where it lies. */
async function lift(tx: Db, ctx: StageContext, { by, kinds, scope }: Lifting): Promise<Json> {
  const open = (await openHolds(tx, ctx.hostId)).filter(({ kind }) => kinds.includes(kind));
  const fits = open.filter((hold) => scope === EVERYTHING || hold.scope === scope);
  const ours = fits.filter(({ key }) => key !== FILE_KEY);
  if (ours.length > 0) {
    for (const hold of ours) await end(tx, ctx, hold, { person: by });
    return { ended: ours.length };
  }
  if (fits.length > 0) throw new HypercareError('hold.file', 'denied', `the freeze file holds: ${ctx.freezeFile}`, 'On the host: hypercare unfreeze --offline, or remove the file.');
  const wider = open.find((hold) => covers(hold, scope));
  if (wider) throw new HypercareError('hold.wider', 'invalid', `${scope} is held together with more: ${scopeText(wider)}, by ${wider.author}`, 'Lift all of it: the same without an app.');
  throw new HypercareError('hold.none', 'invalid', `nothing of ${scopeText({ scope })} is held that could be lifted`, 'What is held shows: holds.');
}
