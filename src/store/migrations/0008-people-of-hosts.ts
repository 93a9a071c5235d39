import { sql, type Kysely, type Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createTable } from './table.js';

type Row = Readonly<Record<string, unknown>>;

/**
 * People and accounts belong to a host: each monitor made those of all hosts equal to its own config, so that the last one
 * that started decided who may do what on the others. Who is known already goes to the host that was there first; every
 * monitor writes its own people as it starts. Made anew, because what was unique in the whole store no longer is; a wish's key
 * is its host's too.
 */
export function peopleOfHosts(engine: Engine): Migration {
  return {
    async up(db) {
      const host_id = (await sql<{ id: string }>`select id from hosts order by id limit 1`.execute(db)).rows[0]?.id ?? '';
      const people = await taken(db, 'people');
      const accounts = await taken(db, 'accounts');
      await createTable(db, engine, { name: 'people', columns: { id: 'key', host_id: 't', name: 't', role: 't', retired: 'i' }, unique: ['host_id', 'name'] });
      await createTable(db, engine, { name: 'accounts', columns: { host_id: 't', platform: 't', user_id: 't', person_id: 't' }, primary: ['host_id', 'platform', 'user_id'] });
      await sql`update requests set key = host_id || ':' || key`.execute(db);
      for (const { id, name, role, retired } of people) await sql`insert into people (id, host_id, name, role, retired) values (${id}, ${host_id}, ${name}, ${role}, ${retired})`.execute(db);
      for (const { platform, user_id, person_id } of accounts) await sql`insert into accounts (host_id, platform, user_id, person_id) values (${host_id}, ${platform}, ${user_id}, ${person_id})`.execute(db);
    },
  };
}

/** Its rows, and the table is gone. */
async function taken(db: Kysely<unknown>, table: 'people' | 'accounts'): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`select * from ${sql.table(table)}`.execute(db);
  await db.schema.dropTable(table).execute();
  return rows;
}
