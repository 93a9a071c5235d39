import { HypercareError, type ErrorClass } from '../domain/errors.js';
import { mendRedisFault, REDIS_FAULTS, sayRedisFault, type RedisFault } from '../domain/redis-fault.js';
import { httpFault } from './http-fault.js';

/** By the first word of a reply that is an error (redis.io: "the first word is a code"), as Redis 7 sends them. */
const REPLIES: Readonly<Record<string, RedisFault>> = {
  OOM: 'full', READONLY: 'read-only', MISCONF: 'save-failed', LOADING: 'loading', NOAUTH: 'auth', WRONGPASS: 'auth', BUSY: 'blocked',
  MASTERDOWN: 'replication', NOREPLICAS: 'replication', NOREPLWRITES: 'replication', CLUSTERDOWN: 'replication',
};

/** What we do not know, or what is ours, is nobody's fault: names, descriptors and routes here, a right that our user lacks, an answer we cannot read. */
const OURS = {
  name: ['its name could not be resolved', 'Correct the address in hypercare.yaml, or look at the resolver of this machine.'],
  local: ['this machine could not open the connection', 'Look at open files and routes of this machine.'],
  rights: ['its user may not do this', 'Give it the right with ACL SETUSER, as docs/servers.md says.'],
} as const;

/** The error of a fault of the server. */
export function redisError(fault: RedisFault): HypercareError {
  const errorClass: ErrorClass = fault === 'auth' || fault === 'read-only' ? 'permanent' : 'transient';
  return new HypercareError(`redis.${fault}`, errorClass, `Redis: ${sayRedisFault(fault)}`, mendRedisFault(fault));
}

/** Said whole, because a reading that could not be made shows the message alone. */
const MODES = {
  cluster: 'it is part of a Redis Cluster, of which one part alone would be seen: leave it out of “redis” in hypercare.yaml',
  sentinel: 'it is a Sentinel, and holds no keys: give the address of the primary that it watches',
} as const;

/** Each address is one server that holds all of its keys. */
export function refusedMode(mode: keyof typeof MODES): HypercareError {
  return new HypercareError('redis.mode', 'permanent', `Redis: ${MODES[mode]}`);
}

/** Which fault of the server an error stands for; null: none of its. */
export function redisFaultOf(thrown: unknown): RedisFault | null {
  const word = thrown instanceof HypercareError && thrown.code.startsWith('redis.') ? thrown.code.slice('redis.'.length) : '';
  return REDIS_FAULTS.find((fault) => fault === word) ?? null;
}

/** While a connection is being made: had it come about already? */
type Connecting = { readonly reached: boolean } | null;

/**
 * What the client threw, as ours. No text of it is kept but the code of a reply: it may hold keys and arguments, and the
 * client's own texts hold the address.
 */
export function fromClient(thrown: unknown, connecting: Connecting): HypercareError {
  if (thrown instanceof HypercareError) return thrown;
  const { message = '', code } = thrown as { readonly message?: string; readonly code?: string };
  return code === undefined ? fromText(message, connecting) : fromSocket(thrown, code, connecting);
}

function fromText(text: string, connecting: Connecting): HypercareError {
  if (/max number of clients/.test(text)) return redisError('clients');
  if (/LFU maxmemory policy is selected/.test(text)) return new HypercareError('redis.lfu', 'permanent', 'Redis: under its maxmemory-policy it does not know for how long a key was not touched', 'So nobody can tell what is stale: look with SCAN and TTL, and remove it by hand.');
  const word = /^[A-Z]{2,}\b/.exec(text)?.[0];
  if (word === 'NOPERM') return mayNot(text);
  if (word !== undefined) return fromReply(word);
  if (/timed out/i.test(text)) return redisError('hung');
  if (/closed|writeable/.test(text)) return gone(connecting);
  return new HypercareError('redis.answer', 'permanent', 'Redis: its answer could not be read', 'Look whether a Redis listens at the address in hypercare.yaml.');
}

function fromSocket(thrown: unknown, code: string, connecting: Connecting): HypercareError {
  if (code === 'ENOENT') return redisError('down'); // A server takes its socket along when it ends.
  switch (httpFault(thrown).fault) {
    case 'dns': return ours('name');
    case 'local': return ours('local');
    case 'timeout': return redisError('hung');
    case 'tls': return redisError('tls');
    default: return code === 'ECONNREFUSED' ? redisError('down') : gone(connecting);
  }
}

/** Whom it has no room for it lets in, and shows the door before the first answer. */
function gone(connecting: Connecting): HypercareError {
  return redisError(connecting?.reached === true ? 'clients' : 'down');
}

function fromReply(word: string): HypercareError {
  const fault = REPLIES[word];
  if (fault !== undefined) return redisError(fault);
  return new HypercareError('redis.reply', 'permanent', `Redis: it answered ${word}`, 'Look whether its version and its commands are the usual ones.');
}

/** The command is the server's word, and no argument of ours: 'NOPERM User x has no permissions to run the 'scan' command'. */
function mayNot(text: string): HypercareError {
  const command = /to run the '([a-z|-]{1,40})' command/.exec(text)?.[1];
  return command === undefined ? ours('rights') : new HypercareError('redis.rights', 'denied', `Redis: its user may not do ${command.toUpperCase()}`, OURS.rights[1]);
}

function ours(what: keyof typeof OURS): HypercareError {
  const [message, mend] = OURS[what];
  return new HypercareError(`redis.${what}`, what === 'rights' ? 'denied' : 'transient', `Redis: ${message}`, mend);
}
