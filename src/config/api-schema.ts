import { isIP } from 'node:net';
import * as z from 'zod';
import { checkedText, list, section, wholeNumber } from './fields.js';

const MAX_HOSTS = 20;

/** It is off unless it is written: a port that nobody asked for is a door, and two installations would fight for it. */
export function apiSchema() {
  return section({
    listen: checkedText('an address of this machine', (text) => (isIP(text) === 0 ? 'must be an address of this machine, like 127.0.0.1' : null)).default('127.0.0.1').describe('From beyond this machine it should be reached through a proxy that speaks TLS'),
    port: wholeNumber(1, 65_535).default(4880),
    hosts: list(hostName(), MAX_HOSTS).prefault([]).describe('Names under which a proxy calls it; localhost and bare addresses always are'),
    alertmanager: z.boolean().default(false).describe('Take alerts at /hooks/alertmanager: those that name an app stand at `<app>.alerts`, others at `alerts`'),
    per_second: wholeNumber(1, 100_000).default(50).describe('So many requests of one caller in a second; twice as many at once'),
  });
}

function hostName() {
  return z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'must be a name like hypercare.example.com, in small letters and without a port' });
}
