import type { Json } from '../domain/json.js';
import type { Db } from './schema.js';

/** Where a subject's live card stands in a channel. */
export async function cardRef(db: Db, subject: string, channel: string): Promise<Json | undefined> {
  const row = await db.selectFrom('cards').select('ref').where('subject', '=', subject).where('channel', '=', channel).executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.ref) as Json);
}

export async function keepCardRef(tx: Db, subject: string, channel: string, ref: Json): Promise<void> {
  await tx.insertInto('cards').values({ subject, channel, ref: JSON.stringify(ref), version: 1 })
    .onConflict((conflict) => conflict.columns(['subject', 'channel']).doUpdateSet((eb) => ({ ref: JSON.stringify(ref), version: eb('cards.version', '+', 1) }))).execute();
}
