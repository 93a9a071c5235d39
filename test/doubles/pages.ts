/** An app as far as its watch goes: PM2 runs a process that idles, and the test itself answers its pages. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { givenOnce } from './given.js';
import { startPm2Home, type Pm2Home } from './pm2-home.js';

export interface Pages {
  /** 'http://127.0.0.1:PORT' */
  readonly url: string;
  /** Runs the app, as 'shop'. */
  readonly pm2: Pm2Home;
}

/** One for all tests of a file. */
export function servePages(answer: RequestListener): Pages {
  const server = givenOnce(() => listening(createServer(answer)), (one) => new Promise((done) => one.close(done)));
  const pm2 = givenOnce(async () => {
    const home = await startPm2Home();
    await home.startApp({ name: 'shop', code: 'setInterval(() => undefined, 1000);', awaitAnswer: false });
    return home;
  }, (home) => home.stop());
  return {
    pm2,
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  };
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}
