/** Both chats in a page on loopback: the real bot, the real monitor and the sample shop, with the doubles of Slack and Telegram between. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Plugin } from 'vite';
import { SHOP_FAULTS } from '../../scripts/shop/break-shop.js';
import { openTown } from '../scenarios/town.js';
import { act, type Stage } from './act.js';
import { lookAtSlack, lookAtTelegram } from './look.js';
import { IN_SLACK, IN_TELEGRAM } from './people.js';
import { WISH, type Shown } from './shown.js';

const MAX_BODY_BYTES = 10_000;

export interface Sim {
  readonly url: string;
  readonly stage: Stage;
  close(): Promise<void>;
}

/** `port` 0 takes a free one. What runs is a good release with a way back, so that a bad one can be gone back from. */
export async function startSim({ port, tell }: { readonly port: number; readonly tell: (line: string) => void }): Promise<Sim> {
  tell('A sample shop opens, with a PM2 and a store of its own …');
  const town = await openTown();
  try {
    const stage: Stage = { town, said: [], doing: null };
    tell('The bot starts …');
    await town.chats.startBot();
    await town.inBoth('the launch', ({ text }) => text.includes('is live'));
    await town.watch.say('restore-point', town.shop.name, '--reason', 'it ran well for a year');
    const page = await servePage(stage, port);
    return {
      url: page.url, stage,
      async close() {
        await page.close();
        await town.close();
      },
    };
  } catch (error) {
    await town.close();
    throw error;
  }
}

async function servePage(stage: Stage, port: number): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const root = join(import.meta.dirname, 'page');
  const html = await readFile(join(root, 'index.html'), 'utf8');
  const doors: Plugin = {
    name: 'chats',
    configureServer({ middlewares }) {
      middlewares.use('/chats', (request, response) => void answer(stage, request, response));
      // As it stands: Vite's own client would look for a socket that is not there.
      middlewares.use((request, response, next) => (request.url === '/' ? void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html) : next()));
    },
  };
  // Not the machine's network: whoever reaches the page can break the shop.
  const server = await createServer({ configFile: false, root, appType: 'custom', logLevel: 'warn', plugins: [doors], server: { host: '127.0.0.1', port, strictPort: port !== 0, hmr: false, ws: false, watch: null, cors: false } });
  await server.listen();
  return { url: `http://127.0.0.1:${(server.httpServer?.address() as AddressInfo).port}/`, close: () => server.close() };
}

async function answer(stage: Stage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
  try {
    if (request.method === 'GET') return send(200, look(stage));
    // Another page in the same browser can send no JSON here without being asked first, and is not.
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json') return send(405, { error: 'GET, or POST with JSON' });
    const wish = WISH.safeParse(JSON.parse(await bodyOf(request)));
    if (!wish.success) return send(400, { error: wish.error.message });
    return send(200, await act(stage, wish.data));
  } catch (error) {
    send(500, { error: String(error) });
  }
}

function look({ town, said, doing }: Stage): Shown {
  const { slack, telegram } = town.chats;
  return {
    slack: { people: IN_SLACK, messages: lookAtSlack(slack) },
    telegram: { people: IN_TELEGRAM, messages: lookAtTelegram(telegram, said) },
    faults: SHOP_FAULTS, doing,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY_BYTES) throw new Error('the body is too long');
  }
  return body;
}
