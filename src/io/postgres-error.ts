import { HypercareError } from '../domain/errors.js';
import { httpFault } from './http-fault.js';

interface Meaning {
  readonly code: string;
  readonly errorClass: 'transient' | 'permanent' | 'denied';
  readonly message: string;
  readonly mend: string | null;
}

const SILENT: Meaning = { code: 'postgres.silent', errorClass: 'transient', message: 'PostgreSQL did not answer in time', mend: 'Look whether its processes run and are not stopped, and how busy its machine is.' };
const LOST: Meaning = { code: 'postgres.lost', errorClass: 'transient', message: 'the connection to PostgreSQL broke', mend: null };
const DENIED: Meaning = { code: 'postgres.denied', errorClass: 'denied', message: 'PostgreSQL does not let hypercare in', mend: 'Check user, password and database in its url, and pg_hba.conf.' };

/** By SQLSTATE, whole or its class. Their own words are not repeated: they name users and databases. */
const STATES: Readonly<Record<string, Meaning>> = {
  '53300': { code: 'postgres.saturated', errorClass: 'transient', message: 'PostgreSQL takes no more connections: all are in use', mend: 'Lower the pools of the apps, or raise max_connections.' },
  '57P03': { code: 'postgres.starting', errorClass: 'transient', message: 'PostgreSQL is starting up or shutting down', mend: null },
  '57P01': LOST,
  '57P02': LOST,
  '57P05': LOST,
  '57014': { code: 'postgres.cancelled', errorClass: 'transient', message: 'PostgreSQL ended the statement: it took too long, or was cancelled', mend: null },
  '55P03': { code: 'postgres.locked', errorClass: 'transient', message: 'a lock could not be had in time', mend: 'Ask again when fewer transactions are open.' },
  '3D000': DENIED,
  '28': DENIED,
  '08': LOST,
};

const SOCKET: Readonly<Record<string, Meaning>> = {
  refused: { code: 'postgres.refused', errorClass: 'transient', message: 'PostgreSQL refuses connections: nothing listens there', mend: 'Start it, or correct host and port in its url.' },
  reset: LOST,
  timeout: SILENT,
  tls: { code: 'postgres.tls', errorClass: 'permanent', message: 'no encrypted connection to PostgreSQL could be made', mend: 'Check sslmode in its url, and the certificate.' },
  dns: { code: 'postgres.name', errorClass: 'transient', message: 'the host name of PostgreSQL could not be resolved', mend: 'Check the host in its url, and name resolution here.' },
};

/** Said by the client itself, without a code. */
const WORDS: readonly (readonly [RegExp, Meaning])[] = [
  [/timeout/i, SILENT],
  [/terminated|not queryable|closed|ended/i, LOST],
];

/**
 * What a failed call means, without address, user, password or anything else of the url: the first error is not kept as
 * a cause, because its text may hold them.
 */
export function postgresError(thrown: unknown): HypercareError {
  if (thrown instanceof HypercareError) return thrown;
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
  const meant = (state === null ? undefined : (STATES[state] ?? STATES[state.slice(0, 2)])) ?? (state === null ? unsaid(thrown, String(message)) : undefined);
  if (meant) return new HypercareError(meant.code, meant.errorClass, meant.message, meant.mend);
  if (state === '42501') return new HypercareError('postgres.rights', 'denied', `PostgreSQL does not allow it: ${String(message)}`, null);
  return new HypercareError('postgres.failed', 'permanent', state === null ? 'PostgreSQL could not be asked' : `PostgreSQL answered with error ${state}: ${String(message)}`, null);
}

function unsaid(thrown: unknown, message: string): Meaning | undefined {
  // A server takes its socket along when it ends.
  if ((thrown as { readonly code?: unknown }).code === 'ENOENT') return SOCKET['refused'];
  return SOCKET[httpFault(thrown).fault] ?? WORDS.find(([words]) => words.test(message))?.[1];
}
