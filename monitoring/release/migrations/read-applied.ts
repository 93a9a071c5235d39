import type { AppliedMigrations } from '../../../src/domain/applied-migrations.js';
import { maskedError } from '../../../src/io/mask.js';
import type { Io } from '../../../src/io/io.js';
import type { PostgresServer } from '../../../src/io/postgres.js';
import { historiesIn } from './applied.js';

const WITHIN_MS = 30_000;

/** What is applied to these databases by now, for the ledger. Reads only; never throws. */
export async function readApplied(servers: readonly (PostgresServer & { readonly name: string })[], io: Pick<Io, 'postgres' | 'clock'>): Promise<AppliedMigrations> {
  const tables: AppliedMigrations['tables'][number][] = [];
  const unread: string[] = [];
  for (const server of servers) {
    try {
      for (const { tool, table, applied } of await historiesIn(server, io, AbortSignal.timeout(WITHIN_MS))) {
        if ('unread' in applied) unread.push(`${tool.name} (${server.name}, ${table}): ${applied.unread}`);
        else tables.push({ database: server.name, tool: tool.name, table, names: applied.map(({ name }) => name) });
      }
    } catch (error) {
      unread.push(`${server.name}: ${maskedError(error)}`);
    }
  }
  return { at: io.clock.now(), tables, unread };
}
