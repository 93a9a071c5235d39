import type { ChannelState } from '../domain/channel-state.js';
import type { HostId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** What an earlier bot saw: it may have had other tokens. The bot alone writes here. */
export async function forgetChannels(tx: Db, hostId: HostId): Promise<void> {
  await tx.deleteFrom('channels').where('host_id', '=', hostId).execute();
}

/** As long as trouble goes on, or none comes, `since` stays what it was. */
export async function noteChannel(tx: Db, hostId: HostId, state: ChannelState): Promise<void> {
  const { name, part, trouble } = state;
  const before = (await channelStates(tx, hostId)).find((one) => one.name === name && one.part === part);
  const since = before && (before.trouble === null) === (trouble === null) ? before.since : state.since;
  const told = { since, why: trouble?.why ?? null, mend: trouble?.mend ?? null };
  await tx.insertInto('channels').values({ host_id: hostId, name, part, ...told })
    .onConflict((conflict) => conflict.columns(['host_id', 'name', 'part']).doUpdateSet(told)).execute();
}

export async function channelStates(db: Db, hostId: HostId): Promise<readonly ChannelState[]> {
  const rows = await db.selectFrom('channels').selectAll().where('host_id', '=', hostId).orderBy('name').orderBy('part').execute();
  return rows.map(({ name, part, since, why, mend }) => ({ name, part, since, trouble: why === null ? null : { why, mend } }));
}
