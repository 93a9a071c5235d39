import { ALERT_FOR_MS, type Alert } from '../domain/alert.js';
import type { HostId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** The bot alone writes here. What ended goes, and what nobody told of for long. Returns how many there are now. */
export async function noteAlerts(tx: Db, hostId: HostId, { firing, over, now }: { readonly firing: readonly Alert[]; readonly over: readonly string[]; readonly now: number }): Promise<number> {
  for (const { fingerprint, resourceId, name, severity, summary, labels, startedAt, at } of firing) {
    const row = { resource_id: resourceId, name, severity, summary, labels: JSON.stringify(labels), started_at: startedAt, at };
    await tx.insertInto('alerts').values({ host_id: hostId, fingerprint, ...row }).onConflict((conflict) => conflict.columns(['host_id', 'fingerprint']).doUpdateSet(row)).execute();
  }
  if (over.length > 0) await tx.deleteFrom('alerts').where('host_id', '=', hostId).where('fingerprint', 'in', [...over]).execute();
  await tx.deleteFrom('alerts').where('host_id', '=', hostId).where('at', '<', now - ALERT_FOR_MS).execute();
  const { n } = await tx.selectFrom('alerts').select((eb) => eb.fn.countAll().as('n')).where('host_id', '=', hostId).executeTakeFirstOrThrow();
  return Number(n);
}

/** What fires, the oldest first. */
export async function alertsFiring(db: Db, hostId: HostId, now: number): Promise<readonly Alert[]> {
  const rows = await db.selectFrom('alerts').selectAll().where('host_id', '=', hostId).where('at', '>=', now - ALERT_FOR_MS).orderBy('started_at').orderBy('fingerprint').execute();
  return rows.map((row) => ({ fingerprint: row.fingerprint, resourceId: row.resource_id, name: row.name, severity: row.severity, summary: row.summary, labels: JSON.parse(row.labels) as Readonly<Record<string, string>>, startedAt: row.started_at, at: row.at }));
}
