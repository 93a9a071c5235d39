/** Ways in which a PostgreSQL keeps its users from working, the gravest first; a probe's value names one by its place, from 1 on. */
export const POSTGRES_FAULTS = ['down', 'hung', 'starting', 'saturated', 'read-only', 'blocked'] as const;
export type PostgresFault = (typeof POSTGRES_FAULTS)[number];

const WORDS: Readonly<Record<PostgresFault, string>> = {
  down: 'it refuses connections',
  hung: 'it takes connections and does not answer',
  starting: 'it is starting up or shutting down',
  saturated: 'all connections are in use, and no more are taken',
  'read-only': 'it takes no changes',
  blocked: 'one session holds up others',
};

export function sayPostgresFault(fault: PostgresFault): string {
  return WORDS[fault];
}
