import axon from 'pm2/modules/pm2-axon/index.js';
import { join } from 'node:path';
import type { HypercareError } from '../domain/errors.js';
import { classifyReply, classifySocketError, closedClient, silentDaemon } from './pm2-errors.js';

type Socket = ReturnType<typeof newSocket>;

interface Waiting {
  reject(error: HypercareError): void;
}

/** One connection to a daemon's command socket. It starts nothing, queues nothing and never reconnects. */
export class Pm2Line {
  #open = true;
  readonly #waiting = new Set<Waiting>();

  constructor(
    private readonly home: string,
    private readonly socket: Socket,
  ) {
    socket.on('close', () => this.#drop(classifySocketError(home, null)));
  }

  get open(): boolean {
    return this.#open;
  }

  /**
   * Calls one of the daemon's methods and returns its first answer. Past the deadline the whole line is dropped: a
   * daemon that is silent once is silent for every call, and what it was asked counts as unknown.
   */
  call(method: string, args: readonly unknown[], timeoutMs: number): Promise<unknown> {
    if (!this.#open) return Promise.reject(classifySocketError(this.home, null));
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => this.#drop(silentDaemon(this.home, method, timeoutMs)), timeoutMs);
      const waiting: Waiting = {
        reject(error) {
          clearTimeout(deadline);
          reject(error);
        },
      };
      this.#waiting.add(waiting);
      this.socket.send({ type: 'call', method, args }, (reply) => {
        this.#waiting.delete(waiting);
        const answer = readReply(method, reply);
        if ('error' in answer) return waiting.reject(answer.error);
        clearTimeout(deadline);
        resolve(answer.value);
      });
    });
  }

  close(): void {
    this.#drop(closedClient(this.home));
  }

  #drop(reason: HypercareError): void {
    this.#open = false;
    for (const waiting of this.#waiting) waiting.reject(reason);
    this.#waiting.clear();
    this.socket.close();
  }
}

/** Opens the command socket of a home; `pm2.dead`, `pm2.denied` or `pm2.timeout` where it cannot be had. */
export function openLine(home: string, timeoutMs: number): Promise<Pm2Line> {
  const socket = newSocket();
  return new Promise((resolve, reject) => {
    let lastError: unknown = null;
    const deadline = setTimeout(() => fail(silentDaemon(home, 'connect', timeoutMs)), timeoutMs);
    function fail(reason: HypercareError): void {
      clearTimeout(deadline);
      reject(reason);
      socket.close();
    }
    socket.on('socket error', (error: unknown) => {
      lastError = error;
    });
    socket.once('close', () => fail(classifySocketError(home, lastError)));
    socket.once('connect', () => {
      clearTimeout(deadline);
      resolve(new Pm2Line(home, socket));
    });
    socket.connect(join(home, 'rpc.sock'));
  });
}

function newSocket() {
  const socket = axon.socket('req');
  socket.set('retry timeout', 0);
  // Told as 'socket error' too; without a listener an 'error' would end the process.
  socket.on('error', () => undefined);
  return socket;
}

function readReply(method: string, reply: unknown): { readonly error: HypercareError } | { readonly value: unknown } {
  const message = (reply ?? {}) as { readonly error?: unknown; readonly args?: readonly unknown[] };
  if ('error' in message) return { error: classifyReply(method, message.error) };
  return { value: message.args?.[0] };
}
