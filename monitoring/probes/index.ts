import { http } from './http.js';
import { pm2 } from './pm2.js';
import type { Probe } from './probe.js';

/** How is it measured? One line for each probe, by its kind. */
export const probes = {
  http,
  pm2,
} satisfies Readonly<Record<string, Probe<unknown>>>;
