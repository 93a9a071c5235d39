import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { drainOnSigint } from './lib/drain.js';
import { takeFaults } from './lib/faults.js';
import { answer } from './lib/pages.js';
import { openShop } from './lib/shop.js';

// An ordinary app fills its caches before it listens; this stands for that.
const WARM_UP_MS = 250;

async function boot() {
  await delay(WARM_UP_MS);
  const shop = openShop(process.env.SHOP_DATA);
  const server = http.createServer((request, response) => answer(shop, request, response));
  drainOnSigint(server);
  takeFaults(shop, process.env.SHOP_DATA);
  server.listen(Number(process.env.PORT), '127.0.0.1', () => {
    console.log(`the shop is open on port ${process.env.PORT}`);
    process.send?.('ready');
  });
}

// PM2 keeps a worker alive whose start ended in a rejected promise: the exit has to be our own.
boot().catch((error) => {
  console.error(`the shop cannot open: ${error.message}`);
  process.exit(1);
});
