import { expect, it } from 'vitest';
import { dashboardAddress } from '../../../src/domain/dashboard-address.js';

it.each([
  [{ listen: '127.0.0.1', hosts: [] }, 'http://127.0.0.1:4880/dashboard'],
  [{ listen: '0.0.0.0', hosts: [] }, 'http://127.0.0.1:4880/dashboard'],
  [{ listen: '::1', hosts: [] }, 'http://[::1]:4880/dashboard'],
  [{ listen: '192.0.2.7', hosts: [] }, 'http://192.0.2.7:4880/dashboard'],
  [{ listen: '127.0.0.1', hosts: ['hc.example.com', 'other.example.com'] }, 'https://hc.example.com/dashboard'],
])('the dashboard of %j is at %s', (at, address) => {
  expect(dashboardAddress({ port: 4880, ...at })).toBe(address);
});
