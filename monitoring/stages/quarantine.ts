import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import { releaseName, releasesNamed, sayBad } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { ledgerOf, liftQuarantineOf } from '../../src/store/releases.js';
import type { Request } from '../../src/store/requests.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/** A person's override: the commit may be deployed again, and is watched like one that was never seen. */
export async function liftQuarantine(tx: Db, ctx: StageContext, app: Resource, request: Request): Promise<Json> {
  const args = request.args as { readonly commit?: string | null; readonly reason?: string | null };
  const reason = String(args.reason ?? '').trim();
  if (!reason) throw new HypercareError('request.no_reason', 'invalid', 'lifting a quarantine needs a reason', 'Say why it is good by now: --reason "…".');
  const named = releasesNamed(await ledgerOf(tx, app.id), String(args.commit ?? ''));
  const held = named.filter(({ quarantinedAt }) => quarantinedAt !== null);
  const [first] = held;
  if (!first) throw new HypercareError('release.not_quarantined', 'invalid', named[0] ? `${releaseName(named[0])} is not in quarantine` : `no release of ${app.name} that was seen is called ${String(args.commit).slice(0, 40)}`, `“releases ${app.name}” lists them.`);
  const was = sayBad(first);
  for (const release of held) await liftQuarantineOf(tx, release.id, `quarantine lifted by ${request.personName}: ${reason}`, ctx.clock.now());
  await record(tx, ctx, { who: request.personName, what: `${app.name} ${releaseName(first)} may be deployed again, although it ${was}`, why: reason, body: { releases: held.map(({ id }) => id), commit: first.commit } });
  return { release: releaseName(first), was };
}
