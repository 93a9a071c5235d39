import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import type { Clock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';
import { LATE, within } from '../../src/io/within.js';
import { createRefusals } from './refusals.js';

/** A request, whole and unread. */
export interface Knock {
  /** Without query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Why a request is not let in, for the log and the count, and the status it is answered with; `done`: answered so and let in nowhere, which is no refusal. */
export type Verdict = 'in' | { readonly refused: string; readonly status: number } | { readonly done: number };

export interface DoorSettings {
  /** For the log: the channel's kind. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Looks at what came before anything of it is parsed. */
  readonly judge: (knock: Knock) => Verdict;
  readonly enter: (knock: Knock, request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}

export interface Door {
  readonly port: number;
  close(): Promise<void>;
}

const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
/** What is let in is acknowledged at once; who says nothing is not waited for. */
const CLOSE_MS = 1_000;
const MOST_CONNECTIONS = 200;
const MAX_HEADER_BYTES = 16_384;

/** Where a platform calls the bot: POST alone, a bounded body, deadlines for who is slow. Whoever is not let in gets an empty answer, and is counted. */
export async function openDoor(settings: DoorSettings): Promise<Door> {
  const refusals = createRefusals(settings);
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    receive(settings, request, response, refusals.count).catch((thrown: unknown) => {
      settings.log.error({ error: errorText(thrown) }, `${settings.name}: a request could not be answered`);
      response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, settings);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((done) => server.close(done));
      if ((await within(closed, CLOSE_MS, settings.clock)) === LATE) server.closeAllConnections();
      await closed;
    },
  };
}

async function receive(settings: DoorSettings, request: IncomingMessage, response: ServerResponse, count: (why: string) => void): Promise<void> {
  const refuse = (why: string, status: number): void => {
    count(why);
    // What was not read is not waited for.
    response.writeHead(status, { connection: 'close' }).end();
  };
  if (request.method !== 'POST') return refuse('not a POST', 404);
  const body = await read(request, settings.maxBytes);
  if (body === null) return refuse(`a body of more than ${settings.maxBytes} bytes`, 413);
  const knock = { path: (request.url ?? '/').replace(/[?#].*$/s, ''), headers: request.headers, body };
  const verdict = settings.judge(knock);
  if (verdict === 'in') return settings.enter(knock, request, response);
  if ('refused' in verdict) return refuse(verdict.refused, verdict.status);
  response.writeHead(verdict.done).end();
}

/** Null for what is longer; the rest of it is not read. */
async function read(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function listen(server: Server, { host, port, name }: DoorSettings): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(cannotListen(error, `${host}:${port}`, name)));
    server.listen({ host, port }, done);
  });
}

function cannotListen(error: NodeJS.ErrnoException, at: string, name: string): HypercareError {
  const taken = error.code === 'EADDRINUSE';
  const mend = taken ? `Write another port below ${name} in hypercare.yaml, or end what listens there.` : `Correct host and port below ${name} in hypercare.yaml.`;
  return new HypercareError(`${name}.door`, taken ? 'transient' : 'invalid', `cannot listen at ${at} for ${name}: ${taken ? 'something else listens there' : (error.code ?? errorText(error))}`, mend);
}
