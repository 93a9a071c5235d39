import { judgeSql } from './judge-sql.js';
import type { MigrationTool } from './tool.js';

/** A directory for each, with one file. `migrate deploy` passes over applied ones that it has no directory of. */
export const prisma: MigrationTool = {
  name: 'Prisma',
  table: '_prisma_migrations',
  columns: ['migration_name', 'finished_at', 'rolled_back_at', 'checksum'],
  // One that broke off may have done a part of its work.
  query: 'select migration_name::text as name, extract(epoch from coalesce(finished_at, started_at))::float8 * 1000 as at from %T where rolled_back_at is null order by started_at',
  packages: ['prisma', '@prisma/client', '@prisma/migrate'],
  async locate({ name }, tree) {
    const path = (await tree.paths()).find((one) => one.endsWith(`/${name}/migration.sql`) || one === `${name}/migration.sql`);
    return path === undefined ? null : { path, label: name };
  },
  judge: (text) => judgeSql(text),
  refuses: () => null,
};
