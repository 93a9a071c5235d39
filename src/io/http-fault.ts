import { errorText } from '../domain/errors.js';

/** Why no answer came. refused, reset, timeout, tls: the other side. dns, local: ours (names, descriptors, routes). */
export type HttpFault = 'refused' | 'reset' | 'timeout' | 'tls' | 'dns' | 'local';

const FAULTS: Readonly<Record<string, HttpFault>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  // It answered, but not in HTTP, or not to the end: the other side's doing, like a connection cut off.
  UND_ERR_HEADERS_OVERFLOW: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ENOTFOUND: 'dns',
  EMFILE: 'local',
  ENFILE: 'local',
  ENETUNREACH: 'local',
  ENETDOWN: 'local',
  EADDRNOTAVAIL: 'local',
  EHOSTUNREACH: 'local',
};

/** Codes that come in families; the first that fits counts. OpenSSL's verify errors have no common beginning. */
const FAMILIES: readonly (readonly [RegExp, HttpFault])[] = [
  [/^EAI_/, 'dns'],
  [/^HPE_|^HTTPParserError$/, 'reset'],
  [/^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|EPROTO$|UNABLE_TO_|INVALID_CA$|PATH_LENGTH_EXCEEDED$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$)|SELF_SIGNED_CERT/, 'tls'],
];

/** Which fault an error of undici, of the socket or of TLS stands for. What we do not know counts as ours: nobody is blamed for it. */
export function httpFault(thrown: unknown): { readonly fault: HttpFault; readonly text: string } {
  for (const code of codes(thrown)) {
    const fault = FAULTS[code] ?? FAMILIES.find(([family]) => family.test(code))?.[1];
    if (fault) return { fault, text: `${code}: ${errorText(thrown)}` };
  }
  return { fault: 'local', text: errorText(thrown) };
}

/** The codes along the causes, or names where an error has no code; a host with several addresses fails with one error for each. */
function codes(thrown: unknown): readonly string[] {
  const found: string[] = [];
  let at = thrown as { name?: unknown; code?: unknown; cause?: unknown; errors?: readonly unknown[] } | null | undefined;
  for (let depth = 0; at && depth < 5; depth++) {
    found.push(String(at.code ?? at.name));
    at = (at.cause ?? at.errors?.at(-1)) as typeof at;
  }
  return found;
}
