import { HypercareError } from '../domain/errors.js';

export function deadDaemon(home: string, cause?: unknown): HypercareError {
  return new HypercareError(
    'pm2.dead',
    'transient',
    `no PM2 daemon runs for ${home}`,
    'As the user that owns this home: "pm2 resurrect" brings back what the last "pm2 save" kept; where nothing was saved, "pm2 start" with the apps\' own files. Hypercare starts none by itself, because a new daemon is empty.',
    { cause },
  );
}

export function deniedDaemon(home: string, cause?: unknown): HypercareError {
  return new HypercareError(
    'pm2.denied',
    'denied',
    `this user may not speak to the PM2 daemon of ${home}: it belongs to another user`,
    'Run hypercare as the user whose PM2 runs the apps, or name the home of your own PM2 in the config.',
    { cause },
  );
}

/** The call may have been heard all the same: a frozen daemon does what it was asked once it thaws. */
export function silentDaemon(home: string, what: string, afterMs: number): HypercareError {
  return new HypercareError(
    'pm2.timeout',
    'transient',
    `PM2 of ${home} did not answer "${what}" within ${afterMs} ms; what was asked may still happen`,
    'Look at the daemon with "pm2 ping"; one that is stopped (state T in ps) goes on after SIGCONT.',
  );
}

export function closedClient(home: string): HypercareError {
  return new HypercareError('pm2.closed', 'permanent', `the connection to PM2 of ${home} was closed by us`);
}

export function busyDaemon(message: string): HypercareError {
  return new HypercareError('pm2.busy', 'transient', message, 'Try again once PM2 is done with what it is doing.');
}

export function unknownProcess(name: string, names: readonly string[]): HypercareError {
  const there = names.length === 0 ? 'PM2 lists no process' : `PM2 lists ${names.slice(0, 20).join(', ')}`;
  return new HypercareError(
    'pm2.unknown_process',
    'invalid',
    `PM2 lists no process named "${name}"; ${there}`,
    'Use the name of one process; "all", namespaces, ids and patterns are not taken.',
  );
}

export function ownProcess(name: string): HypercareError {
  return new HypercareError('pm2.own_process', 'denied', `"${name}" is the process that asks; it does not act upon itself`);
}

/** What the daemon, or the socket to it, said went wrong, as one of our errors. */
export function classifyReply(what: string, error: unknown): HypercareError {
  const text = replyText(error);
  if (/reload already in progress|process already (online|started)|with pid \d+ already exists/i.test(text)) {
    return busyDaemon(`PM2 is already busy with this process (${what}: ${text})`);
  }
  if (/unknown|not available/i.test(text)) {
    return new HypercareError('pm2.unknown_process', 'invalid', `PM2 no longer knows the process (${what}: ${text})`);
  }
  return new HypercareError('pm2.failed', 'permanent', `PM2 could not do "${what}": ${text}`, 'PM2\'s own log says more: pm2.log in its home.');
}

export function classifySocketError(home: string, error: unknown): HypercareError {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'EACCES' || code === 'EPERM') return deniedDaemon(home, error);
  return deadDaemon(home, error);
}

/** PM2 answers with an Error, a text, an object, or an array of any of these. */
function replyText(error: unknown): string {
  const first: unknown = Array.isArray(error) ? error[0] : error;
  if (typeof first === 'string') return first.slice(0, 300);
  const message = (first as { message?: unknown; msg?: unknown } | null)?.message ?? (first as { msg?: unknown } | null)?.msg;
  return typeof message === 'string' ? message.slice(0, 300) : 'no reason given';
}
