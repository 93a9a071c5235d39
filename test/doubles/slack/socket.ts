import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../../../src/io/clock.js';
import { Refusal } from './refusal.js';
import { until } from './until.js';
import { BOT } from './workspace.js';

/** Chat platforms 1.9: what comes down the socket. */
export interface Envelope {
  readonly envelope_id: string;
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: unknown;
  readonly accepts_response_payload: boolean;
  readonly retry_attempt?: number;
  readonly retry_reason?: string;
}

export interface Ack {
  readonly envelopeId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly latencyMs: number;
}

const MAX_CONNECTIONS = 10;
/** Chat platforms 1.9 and 3, item 10: the server's side of Socket Mode. */
export class Sockets {
  /** False: the connection is taken, and hello never comes. */
  hello = true;
  /** False: pings are not answered. */
  pong = true;
  /** Chat platforms 1.3: without an acknowledgement in 3 s the person sees an error. */
  ackWithinMs = 3_000;
  readonly acks: Ack[] = [];
  /** Connections ever made. */
  opened = 0;
  readonly #server = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #tickets = new Set<string>();
  readonly #open = new Set<WebSocket>();
  readonly #sentAt = new Map<string, number>();

  /** A ticket for one connection: 1.9, the url is single use; 10 connections at most. */
  ticket(): string {
    if (this.#open.size >= MAX_CONNECTIONS) throw new Refusal('too_many_websockets');
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return ticket;
  }

  get open(): number {
    return this.#open.size;
  }

  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const ticket = new URL(request.url ?? '/', 'http://double').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#take(client));
  };

  #take(client: WebSocket): void {
    this.opened += 1;
    this.#open.add(client);
    client.on('close', () => this.#open.delete(client));
    client.on('error', () => {});
    client.on('ping', (data) => this.pong && client.pong(data));
    client.on('message', (data) => this.#acknowledged(JSON.parse(String(data)) as { envelope_id: string; payload: Record<string, unknown> }));
    const about = { host: 'double', build_number: 1, approximate_connection_time: 18_060 };
    if (this.hello) client.send(JSON.stringify({ type: 'hello', num_connections: this.#open.size, debug_info: about, connection_info: { app_id: BOT.appId } }));
  }

  #acknowledged({ envelope_id: envelopeId, payload }: { readonly envelope_id: string; readonly payload: Record<string, unknown> }): void {
    this.acks.push({ envelopeId, payload, latencyMs: systemClock.monotonic() - (this.#sentAt.get(envelopeId) ?? Number.NaN) });
  }

  /** 1.9: a payload goes to one of the connections, any one. Without any, Slack tells the person that it failed. */
  async send(envelope: Envelope): Promise<Ack> {
    const [client] = this.#open;
    if (client === undefined) throw new Error('no connection: the person sees "dispatch_failed"');
    const before = this.acks.length;
    this.#sentAt.set(envelope.envelope_id, systemClock.monotonic());
    client.send(JSON.stringify(envelope));
    return until(() => this.acks.slice(before).find((ack) => ack.envelopeId === envelope.envelope_id), `the acknowledgement of ${envelope.type} (the person sees an error)`, this.ackWithinMs);
  }

  /** The same without waiting for an acknowledgement, for when the socket dies with it. */
  sendAndDrop(envelope: Envelope): void {
    for (const client of this.#open) {
      client.send(JSON.stringify(envelope), () => client.terminate());
      return;
    }
  }

  /** The envelope and the close in one packet: what is acknowledged now comes too late (1.9, ack after the socket died). */
  sendAndClose(envelope: Envelope): void {
    for (const client of this.#open) {
      const { _socket: socket } = client as unknown as { readonly _socket: Socket };
      socket.cork();
      client.send(JSON.stringify(envelope));
      client.close(1000);
      socket.uncork();
      return;
    }
  }

  /** 1.9: `warning` comes 10 s before, `refresh_requested` at the end; the client closes and reconnects. */
  askToReconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'): void {
    for (const client of this.#open) client.send(JSON.stringify({ type: 'disconnect', reason }));
  }

  drop(): void {
    for (const client of this.#open) client.terminate();
  }

  close(): void {
    for (const client of this.#open) client.close(1000);
  }

  stop(): void {
    this.drop();
    this.#server.close();
  }
}
