/** SQLite says it of its own files, the system of others; the shared memory beside a WAL is grown in its own way. */
const CODES: readonly string[] = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'];

/** Something could not be written because the disk, or the quota of its user, is full. */
export function isDiskFull(error: unknown): boolean {
  return CODES.includes(String((error as { readonly code?: unknown } | null)?.code));
}
