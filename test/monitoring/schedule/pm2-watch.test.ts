import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import { watchPm2 } from '../../../monitoring/schedule/pm2-watch.js';
import type { HostId, ResourceId } from '../../../src/domain/ids.js';
import { systemClock } from '../../../src/io/clock.js';
import { createLogger } from '../../../src/io/log.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import type { Pm2, Pm2Event } from '../../../src/io/pm2.js';
import { noteAct } from '../../../src/store/acts.js';
import { takeFence } from '../../../src/store/hosts.js';
import { migrate } from '../../../src/store/migrate.js';
import { syncResources } from '../../../src/store/resources.js';
import { waitingSignals } from '../../../src/store/signals.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { answers, startPm2Home, until, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';

let own: Pm2Home;
let dir: string;
let shop: StartedApp;
let pm2: Pm2;
let store: Store;
let hostId: HostId;
let app: ResourceId;
let bus: Bus;
let heard: Pm2Event[];
let stop: () => void;
let unsubscribe: () => void;

/** A way to PM2's bus that can be cut, while the daemon and its command socket live on. */
interface Bus {
  cut(): Promise<void>;
  join(): Promise<void>;
}

function busThrough(path: string, to: string): Bus {
  let server: Server | null = null;
  const open = new Set<Socket>();
  return {
    async join() {
      server = createServer((near) => {
        const far = createConnection(to);
        for (const socket of [near, far]) open.add(socket.on('error', () => undefined));
        near.pipe(far).pipe(near);
      });
      await new Promise<void>((ready) => server?.listen(path, ready));
    },
    async cut() {
      const closed = new Promise<void>((done) => server?.close(() => done()));
      for (const socket of open) socket.destroy();
      open.clear();
      await closed;
    },
  };
}

beforeAll(async () => {
  own = await startPm2Home();
  shop = await own.startApp({ name: 'shop' });
});
afterAll(() => own.stop());

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hc-bus-'));
  symlinkSync(join(own.home, 'rpc.sock'), join(dir, 'rpc.sock'));
  bus = busThrough(join(dir, 'pub.sock'), join(own.home, 'pub.sock'));
  await bus.join();
  store = openStore({ file: join(dir, 'hypercare.db') });
  await migrate(store);
  hostId = (await store.write((tx) => takeFence(tx, 'vm', 1))).id;
  [app] = (await store.write((tx) => syncResources(tx, hostId, [{ kind: 'app', name: 'shop', config: {} }], 1))).map(({ id }) => id) as [ResourceId];
  pm2 = createPm2({ home: dir, clock: systemClock, log: createLogger({ format: 'json', level: 'silent' }) });
  heard = [];
  unsubscribe = await pm2.subscribe((event) => heard.push(event));
  stop = await watchPm2({ pm2, store, host: { id: hostId, name: 'vm' }, clock: systemClock, appOf: new Map([['shop', app]]), poke: () => undefined });
});
afterEach(async () => {
  stop();
  unsubscribe();
  await pm2.close();
  await bus.cut();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const exits = async () => (await waitingSignals(store.db, hostId, 99)).map(({ body }) => body as unknown as { readonly dedupe: string; readonly manual: boolean; readonly note: string });

/** The app dies by itself, and answers again. */
async function crash(): Promise<void> {
  const before = (await pm2.list()).find(({ name }) => name === 'shop')?.startedAt ?? 0;
  await fetch(`${shop.url}exit?code=3`).catch(() => undefined);
  await until('shop to run anew', async () => ((await pm2.list()).find(({ name }) => name === 'shop')?.startedAt ?? 0) > before);
  await until('shop to answer', () => answers(shop.url));
}

async function lose(): Promise<void> {
  await bus.cut();
  await until('the bus to be lost', () => heard.some(({ kind }) => kind === 'lost'));
}

it('exits while the bus was lost are made up for, each once, beside those the bus told', async () => {
  await crash();
  await until('the bus to tell the first exit', async () => (await exits()).length === 1);
  await lose();
  await crash();
  await crash();
  expect(await exits()).toHaveLength(1);
  await bus.join();
  await until('the missed exits', async () => (await exits()).length >= 3);
  await crash();
  await until('the bus to tell the last exit', async () => (await exits()).length >= 4);
  const all = await exits();
  expect([all.length, new Set(all.map(({ dedupe }) => dedupe)).size, all.filter(({ note }) => note.startsWith('ended while')).length]).toEqual([4, 4, 2]);
  expect(all.some(({ manual }) => manual)).toBe(false);
});

it('what a person stopped while the bus was lost counts as stopped by a person', async () => {
  await lose();
  await own.pm2('stop', 'shop');
  await bus.join();
  await until('the missed exit', async () => (await exits()).length === 1);
  expect(await exits()).toMatchObject([{ manual: true }]);
  await own.pm2('restart', 'shop');
  await until('shop to answer', () => answers(shop.url));
});

it('our own work while the bus was lost is not counted a second time', async () => {
  await lose();
  await store.write((tx) => noteAct(tx, { resourceId: app, at: systemClock.now(), by: 'us', kind: 'restart', fingerprint: null, dedupe: 'ours', note: null }));
  await crash();
  await bus.join();
  const connected = () => heard.filter(({ kind }) => kind === 'connected').length;
  await until('the bus to be back', () => connected() === 2);
  await crash();
  await until('the bus to tell the next exit', async () => (await exits()).length > 0);
  expect((await exits()).map(({ note }) => note)).toEqual(['exited with code 3']);
});
