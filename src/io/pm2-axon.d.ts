/**
 * PM2's own wire library, as far as we use it. It is taken instead of PM2's public API, which starts an empty daemon
 * where none lives, writes into ~/.pm2 when imported, shares one home between all its instances, calls process.exit
 * on a foreign socket, and prints.
 */
declare module 'pm2/modules/pm2-axon/index.js' {
  import type { EventEmitter } from 'node:events';

  /**
   * Emits 'connect', 'close' (with 'retry timeout' 0: as soon as the connection is lost), 'socket error' for every
   * error and 'error' for the rare ones, which must be listened to.
   */
  interface AxonSocket extends EventEmitter {
    set(setting: 'retry timeout', value: number): this;
    connect(path: string): this;
    /** Destroys the connection; what was not answered never will be. */
    close(): void;
  }

  interface ReqSocket extends AxonSocket {
    send(message: unknown, onReply: (reply: unknown) => void): void;
  }

  interface SubSocket extends AxonSocket {
    /** Makes the receiver of one connection's frames; replaced to look at a frame before it is parsed. */
    onmessage: () => (frame: Buffer) => void;
  }

  const axon: {
    socket(type: 'req'): ReqSocket;
    socket(type: 'sub'): SubSocket;
  };
  export default axon;
}
