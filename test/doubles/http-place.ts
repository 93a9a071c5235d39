import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came in, its body unparsed: signatures are over these bytes. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * What happens to one request instead of an answer. destroy: the connection breaks before anything is done · lose: it is
 * done, and the answer is lost · stall: nothing ever comes · endless: 200, and a body without end · cut: 200, and less of
 * a body than was promised.
 */
export type Fault = 'destroy' | 'lose' | 'stall' | 'endless' | 'cut' | Answer;

export interface Place {
  readonly origin: string;
  /** For the next requests, one fault each. */
  breakOnce(fault: Fault): void;
  /** Everything that came in. */
  readonly requests: readonly Request[];
  close(): Promise<void>;
}

/** Somewhere on loopback that takes HTTP, answers as `handle` does, and fails when it is told to. */
export async function openPlace(handle: (request: Request) => Answer): Promise<Place> {
  const faults: Fault[] = [];
  const requests: Request[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://place');
      const request = { method: incoming.method ?? '', path: url.pathname, query: url.searchParams, headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') };
      requests.push(request);
      settle(response, faults.shift(), () => handle(request));
    });
    incoming.on('error', () => undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakOnce: (fault) => void faults.push(fault),
    requests,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function settle(response: ServerResponse, fault: Fault | undefined, answer: () => Answer): void {
  if (fault === 'destroy') return void response.destroy();
  if (fault === 'stall') return;
  if (fault === 'endless') return endless(response);
  if (typeof fault === 'object') return send(response, fault);
  const given = answer();
  if (fault === 'lose') return void response.destroy();
  if (fault === 'cut') {
    response.writeHead(200, { 'content-length': '1000' }).write('{"ok":');
    return void setImmediate(() => response.destroy());
  }
  send(response, given);
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers }).end(body ?? '');
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const chunk = 'x'.repeat(65_536);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  response.on('error', () => undefined);
  more();
}
