/**
 * What keeps the users of a Redis from working; an incident of it is of the kind 'redis-' and this word. A reading holds
 * its place in this list, so a new one goes to the end.
 */
export const REDIS_FAULTS = ['down', 'hung', 'clients', 'auth', 'loading', 'full', 'read-only', 'save-failed', 'blocked', 'replication'] as const;

export type RedisFault = (typeof REDIS_FAULTS)[number];

const WORDS: Readonly<Record<RedisFault, string>> = {
  down: 'it does not take connections',
  hung: 'it takes connections and does not answer',
  clients: 'it turns new connections away',
  auth: 'it does not accept the user or the password',
  loading: 'it is still loading its data',
  full: 'its memory is full, so it refuses writes',
  'read-only': 'it is a replica, so it refuses writes',
  'save-failed': 'it could not save its data, so it refuses writes',
  blocked: 'one script or function keeps it busy',
  replication: 'it lost its replicas or its primary, and refuses to work alone',
};

/** The fault in words, for a note or an error. */
export function sayRedisFault(fault: RedisFault): string {
  return WORDS[fault];
}
