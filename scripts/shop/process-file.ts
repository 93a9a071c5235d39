import { join } from 'node:path';
import type { ShopPlaces } from './layout.js';

/**
 * What PM2 is told of the shop. Script and cwd go through the symlink, by absolute paths: PM2 then keeps them as they
 * are, and a reload starts what the link points to by then. With wait_ready and a shop that drains on SIGINT such a
 * reload loses no request.
 */
export function processFile(shop: { readonly name: string; readonly port: number; readonly places: ShopPlaces }): { readonly apps: readonly Readonly<Record<string, unknown>>[] } {
  const { places } = shop;
  return {
    apps: [
      {
        name: shop.name,
        script: join(places.current, 'server.js'),
        cwd: places.current,
        exec_mode: 'cluster',
        instances: 2,
        wait_ready: true,
        listen_timeout: 10_000,
        kill_timeout: 4_000,
        // PM2 gives up after eight exits younger than two seconds, within sixteen seconds of a start.
        min_uptime: 2_000,
        max_restarts: 8,
        merge_logs: true,
        out_file: join(places.logs, 'out.log'),
        error_file: join(places.logs, 'error.log'),
        env: { NODE_ENV: 'production', PORT: String(shop.port), SHOP_DATA: places.data },
      },
    ],
  };
}
