import type { Json } from '../../src/domain/json.js';
import type { Collector } from './collector.js';

/** PM2's word on each process of the app, with its last memory, CPU and event-loop lag. Never its environment: `Pm2Process` has none. */
export const processes: Collector<readonly Json[]> = {
  kind: 'processes',
  of: 'app',
  async collect({ processes: names }, io) {
    const listed = await io.pm2.list();
    return listed.filter(({ name }) => names.includes(name)).map((one) => ({ ...one }));
  },
};
