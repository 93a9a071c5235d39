import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, type Http } from '../../../src/io/http.js';
import { httpFault } from '../../../src/io/http-fault.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function http(): Http {
  const made = createHttp();
  open.push(() => made.close());
  return made;
}

async function listen(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => {
    (server as Partial<Server>).closeAllConnections?.();
    server.close(resolve);
  }));
  return (server.address() as AddressInfo).port;
}

async function serve(handler: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(handler))}`;
}

describe('http', () => {
  it('gives status, headers and body, also of an error status', async () => {
    const url = await serve((request, response) => {
      response.writeHead(503, { 'x-method': request.method, 'set-cookie': ['a=1', 'b=2'] });
      response.end(`sorry ${request.url}`);
    });
    const answer = await http().request({ url: `${url}/health?deep=1`, timeoutMs: 5_000 });
    expect(answer).toMatchObject({ status: 503, body: 'sorry /health?deep=1', headers: { 'x-method': 'GET', 'set-cookie': 'a=1, b=2' } });
    expect(answer.ms).toBeGreaterThan(0);
  });

  it('posts a body with its headers, and asks each time over a connection of its own, as the workers of a cluster are given connections', async () => {
    const sockets = new Set<unknown>();
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      request.pipe(response.setHeader('x-type', request.headers['content-type'] ?? ''));
    });
    const client = http();
    for (let n = 0; n < 3; n++) {
      const answer = await client.request({ url, method: 'POST', body: '{"n":1}', headers: { 'content-type': 'application/json' }, timeoutMs: 5_000 });
      expect(answer).toMatchObject({ status: 200, body: '{"n":1}', headers: { 'x-type': 'application/json' } });
    }
    expect(sockets.size).toBe(3);
  });

  it('follows no redirect and sends no cookie back', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers.cookie);
      response.writeHead(302, { location: '/elsewhere', 'set-cookie': 'session=1' }).end();
    });
    const client = http();
    expect(await client.request({ url, timeoutMs: 5_000 })).toMatchObject({ status: 302 });
    expect(await client.request({ url, timeoutMs: 5_000 })).toMatchObject({ status: 302 });
    expect(seen).toEqual([undefined, undefined]);
  });

  it('cuts an endless body at its limit and stops reading it', async () => {
    let gone = false;
    const url = await serve((request, response) => {
      request.socket.on('close', () => { gone = true; });
      const pour = (): void => { while (!gone && response.write('x'.repeat(1_000))); };
      response.on('drain', pour);
      pour();
    });
    const answer = await http().request({ url, timeoutMs: 5_000, maxBodyBytes: 2_500 });
    expect(answer).toMatchObject({ status: 200, body: 'x'.repeat(2_500) });
    await expect.poll(() => gone).toBe(true);
  });

  it('refused: nobody listens', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await http().request({ url: `http://127.0.0.1:${port}`, timeoutMs: 5_000 })).toMatchObject({ fault: 'refused' });
    expect(await http().request({ url: `http://localhost:${port}`, timeoutMs: 5_000 })).toMatchObject({ fault: 'refused' });
  });

  it.each([
    ['resets at once', (socket: import('node:net').Socket) => socket.resetAndDestroy()],
    ['closes without an answer', (socket: import('node:net').Socket) => socket.end()],
    ['talks something else than HTTP', (socket: import('node:net').Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['breaks off in the middle of the body', (socket: import('node:net').Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')],
  ])('reset: the server %s', async (_, behave) => {
    const port = await listen(createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => behave(socket));
    }));
    expect(await http().request({ url: `http://127.0.0.1:${port}`, timeoutMs: 5_000 })).toMatchObject({ fault: 'reset' });
  });

  it.each([
    ['accepts and says nothing', () => undefined],
    ['sends headers and then no body', (socket: import('node:net').Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')],
    ['drips its body for ever', (socket: import('node:net').Socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('.'), 20);
      socket.on('close', () => clearInterval(drip));
    }],
  ])('timeout: the server %s', async (_, behave) => {
    const port = await listen(createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => behave(socket));
      open.unshift(async () => socket.destroy());
    }));
    const answer = await http().request({ url: `http://127.0.0.1:${port}`, timeoutMs: 300 });
    expect(answer).toMatchObject({ fault: 'timeout' });
    expect(answer.ms).toBeGreaterThanOrEqual(290);
    expect(answer.ms).toBeLessThan(3_000);
  });

  it('tls: a certificate nobody vouches for', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tls-'));
    open.push(async () => rmSync(dir, { recursive: true }));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-keyout', join(dir, 'key'), '-out', join(dir, 'cert')], { stdio: 'ignore' });
    const port = await listen(createTlsServer({ key: readFileSync(join(dir, 'key')), cert: readFileSync(join(dir, 'cert')) }, (_, response) => response.end()));
    expect(await http().request({ url: `https://127.0.0.1:${port}`, timeoutMs: 5_000 })).toMatchObject({ fault: 'tls' });
  });

  it('tls: the port speaks plain HTTP', async () => {
    const url = await serve((_, response) => response.end());
    expect(await http().request({ url: url.replace('http', 'https'), timeoutMs: 5_000 })).toMatchObject({ fault: 'tls' });
  });

  it('dns: a name that nobody has', async () => {
    expect(await http().request({ url: 'http://nobody.invalid', timeoutMs: 10_000 })).toMatchObject({ fault: 'dns' });
  });

  it('dns, not timeout: the resolver hangs until the deadline', async () => {
    const client = createHttp(() => undefined);
    open.push(() => client.close());
    expect(await client.request({ url: 'http://shop.example', timeoutMs: 200 })).toMatchObject({ fault: 'dns', text: expect.stringContaining('not resolved') });
  });

  it.each([
    ['EMFILE', 'local'], ['ENETUNREACH', 'local'], ['EADDRNOTAVAIL', 'local'], ['EHOSTUNREACH', 'local'],
    ['EAI_AGAIN', 'dns'], ['CERT_HAS_EXPIRED', 'tls'], ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'], ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'], ['UND_ERR_CONNECT_TIMEOUT', 'timeout'], ['SOMETHING_NEW', 'local'],
  ])('classes %s as %s, also as the cause of another error', (code, fault) => {
    const error = Object.assign(new Error('no'), { code });
    expect(httpFault(error)).toMatchObject({ fault });
    expect(httpFault(new Error('fetch failed', { cause: error }))).toMatchObject({ fault });
  });

  it('timeout: nothing comes back from the address, not even a refusal', async () => {
    // A listener whose queue is full drops what comes: the nearest to a silent firewall that one machine offers.
    const server = spawn(process.execPath, ['-e', "const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => { console.log(s.address().port); process.kill(process.pid, 'SIGSTOP'); })"], { stdio: ['ignore', 'pipe', 'inherit'] });
    open.push(async () => server.kill('SIGKILL'));
    const [first] = await once(server.stdout, 'data') as [Buffer];
    const port = Number(String(first));
    const client = http();
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.request({ url: `http://127.0.0.1:${port}`, timeoutMs: 400 })));
    for (const answer of answers) {
      expect(answer).toMatchObject({ fault: 'timeout' });
      expect(answer.ms).toBeLessThan(3_000);
    }
  });

  it('throws on an abort, and on an address that is none', async () => {
    const url = await serve(() => undefined);
    const controller = new AbortController();
    const asked = http().request({ url, timeoutMs: 5_000 }, controller.signal);
    controller.abort(new Error('shutting down'));
    await expect(asked).rejects.toThrow('shutting down');
    await expect(http().request({ url: 'ftp://shop', timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'http.bad_url', errorClass: 'invalid' });
  });
});
