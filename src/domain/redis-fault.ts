/**
 * What keeps the users of a Redis from working; an incident of it is of the kind 'redis-' and this word. A reading holds
 * its place in this list, so a new one goes to the end.
 */
export const REDIS_FAULTS = ['down', 'hung', 'clients', 'auth', 'loading', 'full', 'read-only', 'save-failed', 'blocked', 'replication', 'tls'] as const;

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
  tls: 'no secure connection to it comes about',
};

const MENDS: Readonly<Record<RedisFault, string>> = {
  down: 'Look whether the server runs, and whether its address in hypercare.yaml is right.',
  hung: 'Look at its process and its machine: it may be stopped, swapping, or at one very slow command.',
  clients: 'Look who holds its connections (CLIENT LIST), or raise its maxclients.',
  auth: 'Correct user and password, where the address in hypercare.yaml gets them from.',
  loading: 'Wait: a restart would begin its loading anew.',
  full: 'Remove what is not needed, or raise its maxmemory.',
  'read-only': 'Give the address of the primary.',
  'save-failed': 'Look at its disk and its log.',
  blocked: 'Look at its SLOWLOG; SCRIPT KILL or FUNCTION KILL ends one that has written nothing.',
  replication: 'Look at INFO replication on both sides.',
  tls: 'Look at its certificate, and whether its address begins with redis:// or rediss://.',
};

/** The fault in words, for a note or an error. */
export function sayRedisFault(fault: RedisFault): string {
  return WORDS[fault];
}

/** What people do about it. */
export function mendRedisFault(fault: RedisFault): string {
  return MENDS[fault];
}
