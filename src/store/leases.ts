import type { Db } from './schema.js';

export interface Lease {
  readonly name: string;
  readonly holder: string;
}

/** Who holds it and until when; null: nobody ever did. */
export async function leaseOf(db: Db, name: string): Promise<{ readonly holder: string; readonly until: number } | null> {
  const row = await db.selectFrom('leases').select(['holder', 'until_at as until']).where('name', '=', name).executeTakeFirst();
  return row ?? null;
}

/** Takes it, or keeps it for longer: where nobody has it, we do, its time is over, or it lies further ahead than any could, after a step of the clock. False: somebody else has it. */
export async function takeLease(tx: Db, { name, holder }: Lease, now: number, forMs: number): Promise<boolean> {
  const row = { holder, until_at: now + forMs };
  const taken = await tx.insertInto('leases').values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row).where((eb) => eb.or([
      eb('leases.holder', '=', holder), eb('leases.until_at', '<=', now), eb('leases.until_at', '>', now + 2 * forMs),
    ])))
    .returning('name').executeTakeFirst();
  return taken !== undefined;
}

/** Gives up what it has; of what somebody else has by now nothing changes. */
export async function endLease(tx: Db, { name, holder }: Lease): Promise<void> {
  await tx.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
}
