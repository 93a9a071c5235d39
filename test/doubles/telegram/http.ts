import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from './refusal.js';

/**
 * What goes wrong with one call: a refusal, a page of HTML from something in between, a connection that breaks before the
 * call is heard ('destroy') or after it took effect ('lose'), or that stays open and silent ('hang').
 */
export type Fault = Refusal | { readonly page: number } | 'destroy' | 'lose' | 'hang';

export interface Wire {
  readonly origin: string;
  /** Every connection is cut until it is false again. */
  down: boolean;
  close(): Promise<void>;
}

export interface Call {
  readonly method: string;
  /** The path the API stands under; '' as a rule. */
  readonly under: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface Handler {
  readonly token: string;
  fault(method: string): Fault | undefined;
  handle(call: Call, closed: AbortSignal): Promise<unknown>;
}

const MAX_BODY_BYTES = 1_000_000;

/** Speaks HTTP as the Bot API does, on loopback alone. */
export async function openWire(handler: Handler): Promise<Wire> {
  const state = { down: false };
  const server = createServer((request, response) => {
    if (state.down) return void request.socket.destroy();
    serve(handler, request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get down() {
      return state.down;
    },
    set down(down: boolean) {
      state.down = down;
      if (down) server.closeAllConnections();
    },
    close: () => closeServer(server),
  };
}

async function serve(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  // Chat platforms 2.5: the path is /bot<token>/<method>, the body JSON; a server of one's own may stand under a path.
  const [, under = '', token = '', method = ''] = /^(.*)\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
  const payload = JSON.parse((await bodyOf(request)) || '{}') as Call['payload'];
  const fault = handler.fault(method);
  if (fault === 'hang') return;
  if (fault === 'destroy') return void request.socket.destroy();
  if (typeof fault === 'object' && 'page' in fault) {
    // Chat platforms 2.5: a gateway in front of the API answers 502 with a page of HTML.
    response.writeHead(fault.page, { 'content-type': 'text/html', connection: 'close' }).end('<html><body>gateway</body></html>');
    return;
  }
  const answer = await outcome(handler, { token, fault, call: { method, payload, under }, closed: closed.signal });
  if (fault === 'lose') return void request.socket.destroy();
  // Chat platforms 3, test hygiene: a pooled socket idle past the server's keep-alive gave a random ECONNRESET.
  response.writeHead(answer.status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answer.body));
}

interface Request {
  readonly token: string;
  readonly fault: Fault | undefined;
  readonly call: Call;
  readonly closed: AbortSignal;
}

async function outcome(handler: Handler, request: Request): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    if (request.fault instanceof Refusal) throw request.fault;
    // Chat platforms 2.3: a token that is none (or no more) is 401; one of the wrong form does not even name a path.
    if (!/^\d+:[\w-]{30,}$/.test(request.token)) throw new Refusal(404, 'Not Found');
    if (request.token !== handler.token) throw new Refusal(401, 'Unauthorized');
    return { status: 200, body: { ok: true, result: await handler.handle(request.call, request.closed) } };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { errorCode, description, parameters } = thrown;
    return { status: errorCode, body: { ok: false, error_code: errorCode, description, ...(parameters && { parameters }) } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY_BYTES) throw new Error('the body is too long');
  }
  return body;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
