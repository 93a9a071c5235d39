import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { HypercareError } from '../../src/domain/errors.js';
import type { ApiParts } from './api-parts.js';
import { createApp } from './app.js';
import { keepListening } from './pings.js';
import { routes } from './routes/index.js';

const MOST_CONNECTIONS = 200;
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const SILENT_FOR_MS = 90_000;
const MOST_HEADER_BYTES = 16 * 1_024;

/** Serves until stopped. Rejects where the address cannot be listened at: it is tried again, and the bot goes on without. */
export async function serveApi(parts: ApiParts): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const app = createApp(parts, routes, stopping.signal);
  // What came over the wire says which name was called; hono would else trust it to build addresses.
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADERS_WITHIN_MS, requestTimeout: REQUEST_WITHIN_MS }, getRequestListener(app.fetch));
  server.maxConnections = MOST_CONNECTIONS;
  // Of a socket that takes nothing: a listener that never reads is let go; a command may take 65 s.
  server.timeout = SILENT_FOR_MS;
  await listening(server, parts.at);
  const listeningForPings = keepListening(parts, stopping.signal);
  parts.log.info({ at: `http://${named(parts.at)}` }, 'serves the HTTP API');
  return async () => {
    stopping.abort();
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
    await listeningForPings;
  };
}

async function listening(server: Server, at: ApiParts['at']): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(at.port, at.listen, done);
  }).catch((error: NodeJS.ErrnoException) => {
    throw notListening(error, at);
  });
  server.removeAllListeners('error');
  server.on('error', () => undefined);
}

function notListening({ code }: NodeJS.ErrnoException, at: ApiParts['at']): HypercareError {
  const mend = 'Name another “port” or “listen” under “api” in hypercare.yaml, and run npm start.';
  if (code === 'EADDRINUSE') return new HypercareError('api.port_taken', 'invalid', `another program listens at ${named(at)} already`, `See who: ss -ltnp 'sport = :${at.port}'. ${mend}`);
  if (code === 'EACCES') return new HypercareError('api.port_denied', 'invalid', `this user may not listen at ${named(at)}`, `Ports below 1024 are root's. ${mend}`);
  return new HypercareError('api.address', 'invalid', `nothing can listen at ${named(at)} (${code ?? 'no reason given'})`, `It must be an address of this machine. ${mend}`);
}

function named({ listen, port }: ApiParts['at']): string {
  return `${listen.includes(':') ? `[${listen}]` : listen}:${port}`;
}
