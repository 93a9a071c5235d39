/** Real apps behind real rate limiters, as their users write them. Who asks is told by X-Forwarded-For, as behind a proxy. */
import { symlink, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../architecture/sources.js';
import { until, type Pm2Home, type StartedApp } from './pm2-home.js';

export interface LimitedApp {
  /** What its package.json names. */
  readonly packages: readonly string[];
  /** CommonJS; it has REDIS_URL, and listens at PORT. Three requests of one client in ten minutes are let pass, or LIMIT. */
  readonly code: string;
}

const LISTEN = ".listen(Number(process.env.PORT), '127.0.0.1');";

const EXPRESS = (store: string): string => `
const express = require('express');
const { rateLimit } = require('express-rate-limit');
${store === '' ? '' : "const { RedisStore } = require('rate-limit-redis');\nconst redis = new (require('ioredis').Redis)(process.env.REDIS_URL);"}
const app = express();
app.set('trust proxy', 1);
app.get('/health', (request, response) => response.send('well'));
app.use(rateLimit({ windowMs: 600_000, limit: Number(process.env.LIMIT ?? 3)${store} }));
app.get('/', (request, response) => response.send('hello'));
app${LISTEN}
`;

const FLEXIBLE = (options: string): string => `
const { RateLimiterRedis } = require('rate-limiter-flexible');
const storeClient = new (require('ioredis').Redis)(process.env.REDIS_URL);
const limiter = new RateLimiterRedis({ storeClient, points: 3, duration: 600${options} });
require('node:http').createServer((request, response) => {
  if (request.url === '/health') return response.end('well');
  limiter.consume(request.headers['x-forwarded-for'] ?? 'nobody').then(() => response.end('hello'), () => response.writeHead(429).end());
})${LISTEN}
`;

/** Its client of the Redis is for other things too. */
const FASTIFY = (store: string): string => `
const app = require('fastify')({ trustProxy: true });
const redis = new (require('ioredis').Redis)(process.env.REDIS_URL ?? 'redis://127.0.0.1');
app.register(require('@fastify/rate-limit'), { max: 3, timeWindow: 600_000${store} });
app.after(() => {
  app.get('/health', { config: { rateLimit: false } }, async () => 'well');
  app.get('/', async () => 'hello');
  app.get('/sign-in', { config: { rateLimit: { max: 3, timeWindow: 600_000 } } }, async () => 'hello');
});
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
`;

export const LIMITED = {
  'express-rate-limit': { packages: ['express', 'express-rate-limit', 'rate-limit-redis', 'ioredis'], code: EXPRESS(', store: new RedisStore({ sendCommand: (command, ...words) => redis.call(command, ...words) })') },
  'express-rate-limit in memory': { packages: ['express', 'express-rate-limit'], code: EXPRESS('') },
  'rate-limiter-flexible': { packages: ['rate-limiter-flexible', 'ioredis'], code: FLEXIBLE('') },
  'rate-limiter-flexible that blocks in memory too': { packages: ['rate-limiter-flexible', 'ioredis'], code: FLEXIBLE(', inMemoryBlockOnConsumed: 4, inMemoryBlockDuration: 600') },
  '@fastify/rate-limit': { packages: ['fastify', '@fastify/rate-limit', 'ioredis'], code: FASTIFY(', redis') },
  '@fastify/rate-limit in memory': { packages: ['fastify', '@fastify/rate-limit', 'ioredis'], code: FASTIFY('') },
  bottleneck: {
    packages: ['bottleneck', 'ioredis'],
    code: `
const Bottleneck = require('bottleneck');
const { hostname, port } = new URL(process.env.REDIS_URL);
const limiter = new Bottleneck({
  id: 'mails', datastore: 'ioredis', Redis: require('ioredis').Redis, clientOptions: { host: hostname, port: Number(port) },
  reservoir: 3, reservoirRefreshAmount: 3, reservoirRefreshInterval: 3_600_000, maxConcurrent: 3,
});
require('node:http').createServer((request, response) => {
  if (request.url === '/health') return response.end('well');
  const job = request.url === '/stuck' ? () => new Promise(() => undefined) : async () => 'hello';
  const late = setTimeout(() => response.writeHead(503).end('waits'), 400);
  limiter.schedule(job).then((text) => { clearTimeout(late); if (!response.writableEnded) response.end(text); });
})${LISTEN}
`,
  },
} satisfies Readonly<Record<string, LimitedApp>>;

/** A directory with what the app's own would have: its package.json, and packages that can be loaded. */
export async function packageDir(dir: string, packages: readonly string[]): Promise<string> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'shop', dependencies: Object.fromEntries(packages.map((name) => [name, '*'])) }));
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules')).catch(() => undefined);
  return dir;
}

/** Starts it under PM2, and waits until it answers. */
export async function startLimited(home: Pm2Home, which: keyof typeof LIMITED, of: { readonly name: string; readonly redisUrl?: string; readonly cluster?: number; readonly limit?: number }): Promise<StartedApp> {
  const { packages, code } = LIMITED[which];
  const cwd = await packageDir(join(home.home, 'apps', of.name), packages);
  const app = await home.startApp({ name: of.name, cwd, code, env: { REDIS_URL: of.redisUrl ?? '', ...(of.limit === undefined ? {} : { LIMIT: String(of.limit) }) }, ...(of.cluster === undefined ? {} : { cluster: of.cluster }), awaitAnswer: false });
  await until(`${of.name} to answer`, () => fetch(`${app.url}health`).then((answer) => answer.ok, () => false));
  return app;
}

/** The status that a client is given. */
export async function askAs(client: string, url: string): Promise<number> {
  const answer = await fetch(url, { headers: { 'x-forwarded-for': client, connection: 'close' } });
  await answer.text();
  return answer.status;
}

/** Asks until it is turned away. */
export async function exhaust(client: string, url: string, most = 20): Promise<void> {
  for (let left = most; left > 0; left -= 1) if ((await askAs(client, url)) === 429) return;
  throw new Error(`${client} was never turned away`);
}
