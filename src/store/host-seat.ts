import pg from 'pg';

/** First half of the lock's key: 'hc', so that it meets nobody else's advisory locks. */
const LOCK_CLASS = 0x6863;
/** A server that vanished without a word is noticed by these, not by the kernel's two hours. */
const CONNECTION = { connectionTimeoutMillis: 10_000, query_timeout: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 30_000 } as const;

/** The seat of a host's name in a store that many hosts share. */
export interface HostSeat {
  /** Resolves when the connection that holds it is gone without having been released: another monitor may have it now. */
  readonly lost: Promise<void>;
  release(): void;
}

/**
 * Null when another monitor holds it. A file in the PM2 home cannot keep two machines apart that were given one name;
 * an advisory lock of the database they share can. It is held by one connection for as long as that lives.
 */
export async function takeHostSeat(url: string, host: string): Promise<HostSeat | null> {
  const client = new pg.Client({ ...CONNECTION, connectionString: url, application_name: 'hypercare-seat' });
  let released = false;
  const lost = new Promise<void>((gone) => {
    client.on('error', () => gone());
    client.on('end', () => released || gone());
  });
  const end = (): Promise<void> => {
    released = true;
    return client.end().catch(() => undefined);
  };
  try {
    await client.connect();
    // Servers may end connections that say nothing; older ones do not know the setting, and do not end them either.
    await client.query('set idle_session_timeout = 0').catch(() => undefined);
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as held', [LOCK_CLASS, host]);
    if (rows[0]?.held === true) return { lost, release: () => void end() };
    await end();
    return null;
  } catch (error) {
    await end();
    throw error;
  }
}
