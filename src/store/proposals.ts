import type { HostId, ResourceId } from '../domain/ids.js';
import type { TrustProposal } from '../domain/trust.js';
import type { Db } from './schema.js';

const MOST = 500;

/** What an event of kind 'trust.proposed' holds. */
export interface TrustEvent extends Pick<TrustProposal, 'repair' | 'to' | 'runs'> {
  readonly app: ResourceId;
}

/** Was this told since the row of runs began that it rests on? */
export async function wasProposed(db: Db, hostId: HostId, of: { readonly app: ResourceId } & Pick<TrustProposal, 'repair' | 'to' | 'since'>): Promise<boolean> {
  const rows = await db.selectFrom('events').select('body').where('host_id', '=', hostId).where('kind', '=', 'trust.proposed').where('at', '>=', of.since).limit(MOST).execute();
  return rows.map(({ body }) => JSON.parse(body) as TrustEvent).some(({ app, repair, to }) => app === of.app && repair === of.repair && to === of.to);
}
