import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { listeningPorts } from '../../../src/io/listening-ports.js';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

async function listenAt(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await new Promise((done) => server.once('listening', done));
  return (server.address() as AddressInfo).port;
}

it('are those a process waits at, of both families, lowest first', async () => {
  const ports = [await listenAt('127.0.0.1'), await listenAt('::1')].sort((a, b) => a - b);
  const heard = (await listeningPorts([process.pid])).get(process.pid) ?? [];
  expect(heard.filter((port) => ports.includes(port))).toEqual(ports);
});

it('are none of one that was closed, and none of a process that is not there', async () => {
  const port = await listenAt('127.0.0.1');
  await new Promise((done) => servers.pop()?.close(done));
  const heard = await listeningPorts([process.pid, 999_999_999]);
  expect(heard.get(process.pid)).not.toContain(port);
  expect(heard.get(999_999_999)).toEqual([]);
});
