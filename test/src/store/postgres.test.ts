import pg from 'pg';
import { describe } from 'vitest';
import { storeContract } from '../../contracts/store.js';
import { missingService, startPostgres } from '../../doubles/postgres.js';

const missing = missingService('postgres');

describe.skipIf(missing !== null)(missing === null ? 'here' : `skipped: ${missing}`, () => {
  storeContract('PostgreSQL', async () => {
    const server = await startPostgres();
    const admin = new pg.Pool({ connectionString: server.url, max: 1 });
    // The server ends its connection when it is stopped.
    admin.on('error', () => undefined);
    let stores = 0;
    return {
      async empty() {
        const name = `store_${(stores += 1)}`;
        await admin.query(`create database ${name}`);
        return { url: Object.assign(new URL(server.url), { pathname: `/${name}` }).href };
      },
      async stop() {
        await admin.end();
        await server.stop();
      },
    };
  });
});
