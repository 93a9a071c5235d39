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

const MENDS: Readonly<Record<PostgresFault, string>> = {
  down: 'Look whether the server runs, and whether its address in hypercare.yaml is right.',
  hung: 'Look at its processes and its machine: they may be stopped, swapping, or waiting for a disk.',
  starting: 'Wait: a restart would begin its recovery anew.',
  saturated: 'A reload of the app with the largest pool gives back what stands idle: hypercare repair pm2.reload <app>.',
  'read-only': 'Give the address of the primary, or write “standby: true”.',
  blocked: 'idle_in_transaction_session_timeout keeps apps from holding others up for ever.',
};

/** What people do about it. */
export function mendPostgresFault(fault: PostgresFault): string {
  return MENDS[fault];
}

export function sayPostgresFault(fault: PostgresFault): string {
  return WORDS[fault];
}
