/** Keys that are no cache: who removes one loses work, logs people out, or lets in what was kept out. */
export type KeyUse = 'queue' | 'session' | 'lock' | 'limiter';

/** What a word of such a key is, by the libraries and by habit. */
const PARTS: Readonly<Record<KeyUse, string>> = {
  queue: 'bull|bullmq|bee-queue|bq|rsmq|agenda|kue|queues?|resque|celery|_kombu[^:|{}]*|sidekiq|rq|stalled-check',
  session: 'sess|[a-z]*sessions?(?:store|data|ids?)?|connect\\.sid',
  lock: 'locks?|redlock|mutex|semaphore',
  limiter: 'rl|rlflx|limiter|throttler?|rate[-_]?limit(?:er)?|fastify-rate-limit[^:|{}]*|burst|login_fail[^:|{}]*',
};

/** bottleneck's, which have no part of their own. */
const BOTTLENECK = 'b_[^:|{}]+_(?:settings|client_|job_|running|executing|num_queued)';

/**
 * Words end at a colon and the like, at a dot and at an underscore. A hyphen parts words too, but in the last part of a key behind
 * its first word: there stand the names of pages and goods, such as `page:how-to-lock-a-door`.
 */
const BEGINS = '(?:^|[:|{}_.]|-(?=[^:|{}]*[:|{}]))';
const ENDS = '(?:$|[:|{}_.-])';

/** In one look, because a cache may have millions of keys. */
const ANY = new RegExp(`${BEGINS}(?:${Object.values(PARTS).join('|')})${ENDS}|^${BOTTLENECK}`, 'i');

/** How such keys begin by default; a prefix that one of them begins with would take them along. */
const BEGINNINGS: readonly (readonly [string, KeyUse])[] = [
  ['bull:', 'queue'], ['bullmq:', 'queue'], ['queue:', 'queue'], ['resque:', 'queue'], ['celery', 'queue'], ['_kombu', 'queue'], ['sidekiq:', 'queue'], ['rq:', 'queue'],
  ['sess:', 'session'], ['session:', 'session'], ['sessions:', 'session'],
  ['lock:', 'lock'], ['locks:', 'lock'], ['redlock:', 'lock'], ['mutex:', 'lock'],
  ['rl:', 'limiter'], ['rlflx:', 'limiter'], ['fastify-rate-limit-', 'limiter'], ['b_', 'limiter'], ['burst:', 'limiter'], ['ratelimit', 'limiter'], ['rate-limit', 'limiter'], ['login_fail', 'limiter'],
];

/** What a key is for that must not go with a cache; null: nothing that we know of. */
export function keyUse(key: string): KeyUse | null {
  if (!ANY.test(key)) return null;
  const part = (use: KeyUse): RegExp => new RegExp(`${BEGINS}(?:${PARTS[use]})${ENDS}`, 'i');
  return (Object.keys(PARTS) as readonly KeyUse[]).find((use) => part(use).test(key)) ?? 'limiter';
}

/** The same of all keys that begin with this; a short prefix may take along what begins longer. */
export function prefixUse(prefix: string): KeyUse | null {
  return BEGINNINGS.find(([begins]) => begins.startsWith(prefix) || prefix.startsWith(begins))?.[1] ?? keyUse(prefix);
}

/** So many keys must have a word in the same place before it is shown: what fewer have may be somebody's name. */
const COMMON = 3;
const MOST_SHOWN = 10;
const MOST_CHARS = 80;

/** Up to ten keys as people may see them: of what follows the prefix only words that many have, never numbers, addresses or names. */
export function shownKeys(keys: readonly string[], prefix: string): readonly string[] {
  const split = keys.map((key) => key.slice(prefix.length).split(':'));
  const counts = new Map<string, number>();
  const place = (part: string, index: number): string => `${index} ${part}`;
  for (const parts of split) for (const [index, part] of parts.entries()) counts.set(place(part, index), (counts.get(place(part, index)) ?? 0) + 1);
  const show = (part: string, index: number): string => (/^[a-z_-]{1,24}$/i.test(part) && (counts.get(place(part, index)) ?? 0) >= COMMON ? part : '…');
  return [...new Set(split.map((parts) => `${prefix}${parts.map(show).join(':')}`.slice(0, MOST_CHARS)))].slice(0, MOST_SHOWN);
}
