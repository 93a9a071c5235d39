import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '../../../src/io/clock.js';

/** One call as it came in, for tests that ask what was sent, or that nothing was. */
export interface Call {
  /** A Web API method, or 'hook' and 'webhook' for the addresses that take JSON. */
  readonly method: string;
  readonly token: string | null;
  /** Form fields with JSON in them parsed (chat platforms 1.7), or the JSON body. An extra `team_id` is kept (3, item 3). */
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/**
 * What goes wrong instead of an answer: chat platforms 1.8 and 3, item 9. 'lost' does what was asked and then breaks
 * the connection; 'destroy' breaks it before.
 */
export type Fault =
  | { readonly kind: 'rateLimit'; readonly retryAfterS?: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'error'; readonly error: string; readonly more?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Wire {
  readonly origin: string;
  /** Every connection is cut until it is false again. */
  down: boolean;
  stop(): Promise<void>;
}

interface Settings {
  readonly take: (path: string, request: IncomingMessage, body: string) => { readonly fault: Fault | null; readonly answer: () => Answer };
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** Section 3, item 13: bound to 127.0.0.1 alone. */
export async function openWire({ take, upgrade }: Settings): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isDown = false;
  const server: Server = createServer((request, response) => {
    read(request)
      .then((body) => {
        const { fault, answer } = take(new URL(request.url ?? '/', 'http://double').pathname, request, body);
        return settle(response, fault, answer);
      })
      .catch((thrown: unknown) => send(response, { status: 500, body: `the double failed: ${String(thrown)}` }));
  });
  server.on('connection', (socket) => {
    if (isDown) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', upgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get down() {
      return isDown;
    },
    set down(down: boolean) {
      isDown = down;
      if (down) for (const socket of sockets) socket.destroy();
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function settle(response: ServerResponse, fault: Fault | null, answer: () => Answer): Promise<void> {
  switch (fault?.kind) {
    case 'destroy':
      response.destroy();
      return;
    case 'lost':
      answer();
      response.destroy();
      return;
    case 'rateLimit': {
      const headers: Record<string, string> = fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) };
      return send(response, { status: 429, body: { ok: false, error: 'ratelimited' }, headers });
    }
    case 'status':
      return send(response, { status: fault.status, body: 'upstream trouble' });
    case 'error':
      return send(response, { status: 200, body: { ok: false, error: fault.error, ...fault.more } });
    case 'delay':
      await systemClock.sleep(fault.ms);
  }
  send(response, answer());
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

/** Chat platforms 1.7: form fields, nested values as JSON strings. */
export function readForm(body: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...new URLSearchParams(body)].map(([name, value]) => [name, JSON_FIELDS.has(name) ? JSON.parse(value) : value]));
}

const JSON_FIELDS = new Set(['blocks', 'attachments', 'metadata', 'view']);
