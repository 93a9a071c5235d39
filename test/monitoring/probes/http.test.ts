import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { http } from '../../../monitoring/probes/http.js';
import type { Reading } from '../../../src/domain/check.js';
import { createHttp, type Http } from '../../../src/io/http.js';
import { soundReading } from '../../contracts/probe.js';
import { ioOf } from './io.js';

let client: Http;
let server: Server;
let base: string;
let answer: (response: ServerResponse, n: number) => void;
let asked: { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[];
const others: (Server | TcpServer)[] = [];

beforeAll(async () => {
  client = createHttp();
  server = createServer((request, response) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(response, asked.length);
  });
  base = await listen(server);
});

afterEach(async () => {
  await Promise.all(others.splice(0).map(close));
});

afterAll(async () => {
  await client.close();
  await close(server);
});

async function listen(one: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

async function close(one: Server | TcpServer): Promise<void> {
  if ('closeAllConnections' in one) one.closeAllConnections();
  await new Promise((resolve) => one.close(resolve));
}

async function measure(options: object, how: (response: ServerResponse, n: number) => void = (response) => response.end('all is well')): Promise<Reading> {
  asked = [];
  answer = how;
  const parsed = http.options.parse({ url: `${base}/checkout?token=s3cret`, timeoutMs: 2_000, ...options });
  return soundReading(http, await http.measure(parsed, ioOf({ http: client }), new AbortController().signal));
}

/** The reading's values by their names. */
function named(reading: Reading): Readonly<Record<string, number | null>> {
  return Object.fromEntries(http.fields.map((name, index) => [name, reading.values[index] ?? null]));
}

const status = (...codes: readonly number[]) => (response: ServerResponse, n: number): void => {
  response.statusCode = codes[n - 1] ?? 200;
  response.end('all is well');
};

describe('what is bad', () => {
  it('a refused connection', async () => {
    const gone = createTcp();
    const url = await listen(gone);
    await close(gone);
    const reading = await measure({ url });
    expect(reading).toMatchObject({ verdict: 'bad', note: 'refused' });
    expect(named(reading)).toEqual({ p50_ms: null, p95_ms: null, ok: 0, tried: 2, status: null, timeouts: 0 });
  });

  it('a connection that is cut', async () => {
    expect(await measure({}, (response) => response.socket?.destroy())).toMatchObject({ verdict: 'bad', note: 'connection reset' });
  });

  it('no answer in time, which is told from a refusal', async () => {
    const reading = await measure({ timeoutMs: 50 }, () => undefined);
    expect(reading).toMatchObject({ verdict: 'bad', note: 'no answer within 50 ms' });
    expect(named(reading)).toMatchObject({ ok: 0, tried: 2, timeouts: 2 });
    expect(reading.ms).toBeGreaterThanOrEqual(45);
  });

  it('a server that speaks no TLS where TLS was asked for', async () => {
    const url = base.replace('http:', 'https:');
    expect(await measure({ url })).toMatchObject({ verdict: 'bad', note: 'TLS failure' });
  });

  it('a wrong status', async () => {
    const reading = await measure({}, status(500, 500, 500));
    expect(reading).toMatchObject({ verdict: 'bad', note: 'status 500' });
    expect(named(reading)).toMatchObject({ p50_ms: null, ok: 0, status: 500 });
  });

  it('a redirect where an answer was asked for, and not where it is the answer', async () => {
    expect(await measure({}, status(302, 302, 302))).toMatchObject({ verdict: 'bad', note: 'status 302' });
    expect(await measure({ status: [200, 302] }, status(302, 200, 302))).toMatchObject({ verdict: 'good' });
    expect(await measure({ status: ['3xx'] }, status(302, 308, 301))).toMatchObject({ verdict: 'good' });
  });

  it('a body without the text', async () => {
    expect(await measure({ body: 'is well' })).toMatchObject({ verdict: 'good' });
    expect(await measure({ body: 'is sick' })).toMatchObject({ verdict: 'bad', note: 'body lacks "is sick"' });
    expect(await measure({ body: 'x'.repeat(300) })).toMatchObject({ note: `body lacks "${'x'.repeat(40)}…"` });
    expect(await measure({ body: 'key s3cret', bodyShown: 'key ${KEY}' })).toMatchObject({ verdict: 'bad', note: 'body lacks "key ${KEY}"' });
  });

  it('says nothing of the address, the headers or the answer', async () => {
    const reading = await measure({ headers: { authorization: 'Bearer s3cret' }, body: 'nowhere' }, (response) => response.end('s3cret'));
    expect(JSON.stringify(reading)).not.toContain('s3cret');
    expect(asked[0]).toMatchObject({ url: '/checkout?token=s3cret', headers: { authorization: 'Bearer s3cret' } });
  });
});

describe('several requests in one reading', () => {
  it.each([
    { codes: [200, 200, 200], verdict: 'good', ok: 3, tried: 3, last: 200 },
    { codes: [500, 200, 200], verdict: 'good', ok: 2, tried: 3, last: 500 },
    { codes: [500, 200, 503], verdict: 'bad', ok: 1, tried: 3, last: 503 },
    { codes: [500, 500, 200], verdict: 'bad', ok: 0, tried: 2, last: 500 },
  ])('$codes is $verdict', async ({ codes, verdict, ok, tried, last }) => {
    const reading = await measure({ samples: 3 }, status(...codes));
    expect(reading.verdict).toBe(verdict);
    expect(named(reading)).toMatchObject({ ok, tried, status: last });
  });

  it('one of two is half, and half is bad', async () => {
    expect(await measure({ samples: 2 }, status(200, 500))).toMatchObject({ verdict: 'bad', note: 'status 500' });
  });

  it('asks a slow one once: it would say the same again, and cost the app as much', async () => {
    const reading = await measure({ samples: 3, timeoutMs: 10_000 }, (response) => void setTimeout(() => response.end(), 2_100));
    expect(reading.verdict).toBe('good');
    expect([named(reading)['ok'], named(reading)['tried'], asked.length]).toEqual([1, 1, 1]);
  });

  it('takes the times of right answers alone: an error page is quick', async () => {
    const reading = await measure({ samples: 3 }, (response, n) => {
      response.statusCode = n === 1 ? 500 : 200;
      setTimeout(() => response.end(), n === 1 ? 0 : 60);
    });
    expect(reading.verdict).toBe('good');
    expect(named(reading)['p50_ms']).toBeGreaterThanOrEqual(55);
    expect(named(reading)['p95_ms']).toBeGreaterThanOrEqual(named(reading)['p50_ms'] as number);
    expect(reading.ms).toBe(named(reading)['p50_ms']);
  });

  it('asks one after another', async () => {
    let open = 0;
    let most = 0;
    await measure({ samples: 5 }, (response) => {
      most = Math.max(most, ++open);
      setTimeout(() => response.end(() => (open -= 1)), 5);
    });
    expect(asked).toHaveLength(5);
    expect(most).toBe(1);
  });
});

describe('what is our own trouble', () => {
  it('a name that cannot be resolved is an error, and nobody is blamed', async () => {
    const unresolved = createHttp((_host, _options, callback) => callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), '', 4));
    const options = http.options.parse({ url: 'http://shop.test/' });
    const reading = await http.measure(options, ioOf({ http: unresolved }), new AbortController().signal);
    await unresolved.close();
    expect(soundReading(http, reading)).toMatchObject({ verdict: 'error', note: 'the name could not be resolved' });
  });

  it('what was asked before our trouble began still counts', async () => {
    let n = 0;
    const failing: Http = { ...client, request: async (request, signal) => (++n === 1 ? client.request(request, signal) : { fault: 'local', text: 'EMFILE', ms: 1 }) };
    answer = (response) => response.end('well');
    const options = http.options.parse({ url: `${base}/` });
    const reading = await http.measure(options, ioOf({ http: failing }), new AbortController().signal);
    expect(named(soundReading(http, reading))).toMatchObject({ ok: 1, tried: 1 });
  });

  it('our own stop is no reading: it throws', async () => {
    const abort = new AbortController();
    const options = http.options.parse({ url: `${base}/` });
    asked = [];
    answer = () => abort.abort();
    await expect(http.measure(options, ioOf({ http: client }), abort.signal)).rejects.toThrow(/abort/i);
  });
});

describe('its options', () => {
  it('need nothing but an address', () => {
    expect(http.options.parse({ url: 'http://127.0.0.1/' })).toEqual({
      url: 'http://127.0.0.1/', method: 'GET', status: ['2xx'], body: null, timeoutMs: 15_000, samples: 3, headers: {},
    });
  });

  it.each([
    [{ url: 'ftp://shop/' }],
    [{ url: 'shop' }],
    [{ url: 'http://shop/', status: ['9xx'] }],
    [{ url: 'http://shop/', status: [] }],
    [{ url: 'http://shop/', samples: 0 }],
    [{ url: 'http://shop/', samples: 21 }],
    [{ url: 'http://shop/', method: 'HEAD', body: 'well' }],
    [{ url: 'http://shop/', methd: 'GET' }],
  ])('refuse %j', (options) => {
    expect(() => http.options.parse(options)).toThrow();
  });

  it('ask as they say', async () => {
    await measure({ method: 'POST', samples: 1, headers: { 'x-probe': 'yes' } });
    expect(asked).toMatchObject([{ method: 'POST', headers: { 'x-probe': 'yes' } }]);
  });
});
