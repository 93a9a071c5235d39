import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serveApi } from '../../../bot/http/server.js';
import { createHash } from 'node:crypto';
import { listResources } from '../../../src/store/resources.js';
import { apiOfEachTest, openApi, tokenOf } from './stage.js';

const api = apiOfEachTest();

/** What fetch would not let through. */
function raw(path: string, headers: Readonly<Record<string, string>>, method = 'GET', body = ''): Promise<{ readonly status: number; readonly text: string; readonly headers: Readonly<Record<string, unknown>> }> {
  const { port } = new URL(api.url);
  return new Promise((done, failed) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, setHost: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => done({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    });
    asked.on('error', failed);
    asked.end(body);
  });
}

const requests = async (): Promise<number> => (await api.stage.store.db.selectFrom('requests').select('id').execute()).length;

describe('who asks', () => {
  it('is told nothing without a token, and how to get one', async () => {
    const { status, json, headers } = await api.ask('GET', '/api/status', { who: null });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(json).toEqual({ version: 1, error: { code: 'token.missing', message: 'this asks for a token', mend: 'Send “authorization: Bearer <token>”; “hypercare token” makes one.' } });
  });

  it.each([
    ['another', `Bearer hc_${'y'.repeat(43)}`], ['the hash in place of the token', `Bearer ${createHash('sha256').update(tokenOf('Ann')).digest('hex')}`],
    ['a beginning', `Bearer ${tokenOf('Ann').slice(0, -1)}`], ['no bearer', `Basic ${tokenOf('Ann')}`], ['nothing', 'Bearer '], ['something long', `Bearer ${'z'.repeat(5_000)}`],
  ])('is nobody with %s, also where none is asked for, and the token is not repeated', async (_what, authorization) => {
    for (const path of ['/api/status', '/health']) {
      const { status, text } = await api.ask('GET', path, { who: null, headers: { authorization } });
      expect(status).toBe(401);
      expect(text).not.toContain(authorization.slice(7, 60) || '\0');
    }
  });

  it('may do what the role allows: who looks does nothing, and nothing is written', async () => {
    for (const path of ['/api/commands/freeze', '/api/commands/repair', '/api/commands/rollback', '/api/self-healing/toggle-auto-remediation', '/api/monitoring/remediate/shop', '/api/monitoring/register']) {
      const { status, json } = await api.ask('POST', path, { body: { app: 'shop', reason: 'x', enabled: false, action: 'restart', approve: true, repair: 'pm2.reload', target: 'shop', deploymentId: 'shop' } });
      expect([path, status, (json as { error: { code: string } }).error.code]).toEqual([path, 403, 'denied.role']);
    }
    expect(await requests()).toBe(0);
  });

  it('is heard no more once the config names the token no more', async () => {
    await api.stage.store.write((tx) => tx.deleteFrom('accounts').where('platform', '=', 'api').execute());
    expect((await api.ask('GET', '/api/status', { who: 'Ann' })).status).toBe(401);
  });
});

describe('a browser that was led here', () => {
  it.each(['evil.example', 'evil.example:80', '', 'localhost.evil.example', '127.0.0.1.evil.example'])('by the name “%s” is refused: the name is not ours', async (host) => {
    expect((await raw('/health', host === '' ? {} : { host })).status).toBe(host === '' ? 400 : 421);
  });

  it('by a page of another origin may do nothing and reads nothing', async () => {
    const { status, headers } = await api.ask('POST', '/api/commands/freeze', { who: 'Ann', body: { reason: 'x' }, headers: { origin: 'https://evil.example' } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([403, null]);
    expect((await api.ask('OPTIONS', '/api/commands/freeze', { who: null, headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } })).headers.get('access-control-allow-origin')).toBeNull();
    expect(await requests()).toBe(0);
  });

  it('by its own origin is served, and told to run, frame, guess and keep nothing', async () => {
    const { status, headers } = await api.ask('GET', '/', { who: null, headers: { origin: api.url, accept: 'text/html' } });
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect([headers.get('x-frame-options'), headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual(['DENY', 'nosniff', 'no-store']);
  });
});

describe('what is sent', () => {
  it.each([
    ['no JSON', '{"reason":', {}, 400, 'body.malformed'],
    ['another type', 'reason=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'body.type'],
    ['too much', JSON.stringify({ reason: 'x'.repeat(300_000) }), {}, 413, 'body.too_large'],
    ['an unknown member', JSON.stringify({ enabled: false, then: 'rm' }), {}, 400, 'input'],
    ['another kind of value', JSON.stringify({ enabled: 'no' }), {}, 400, 'input'],
    ['nothing', '', {}, 400, 'body.malformed'],
  ] as const)('as %s is refused, and says why', async (_what, body, headers, status, code) => {
    const answer = await api.ask('POST', '/api/self-healing/toggle-auto-remediation', { who: 'Ann', body, headers });
    expect([answer.status, (answer.json as { error: { code: string } }).error.code]).toEqual([status, code]);
    expect(await requests()).toBe(0);
  });

  it.each(['/api/apps/..%2f..%2fetc%2fpasswd', '/api/apps/%00', '/../../etc/passwd', '/api/incidents/%', '/api/apps/shop%27%20or%201=1', `/api/apps/${'a'.repeat(3_000)}`, '/api//status', '/API/status', '/api/incidents/%25%5f__'])('as the path %s leads nowhere', async (path) => {
    const { status } = await raw(path, { host: '127.0.0.1', authorization: `Bearer ${tokenOf('Vera')}` });
    expect([400, 404]).toContain(status);
    expect((await listResources(api.stage.store.db, api.stage.hostId)).length).toBe(2);
  });

  it('with headers that do not fit is answered by the wire itself', async () => {
    expect((await raw('/health', { host: '127.0.0.1', cookie: 'x'.repeat(20_000) })).status).toBe(431);
  });

  it('with another method finds nothing', async () => {
    for (const method of ['DELETE', 'PUT', 'PATCH']) expect((await api.ask(method, '/api/status')).status).toBe(404);
  });
});

describe('how much is asked', () => {
  it('is bounded for each caller, and says when to come again', async () => {
    const slow = await openApi({ perSecond: 5 });
    try {
      const answers = await Promise.all(Array.from({ length: 30 }, () => slow.ask('GET', '/health', { who: null })));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(15);
      expect([refused[0]?.headers.get('retry-after'), (refused[0]?.json as unknown as { error: { code: string } }).error.code]).toEqual(['1', 'rate.exceeded']);
      // Another caller is another bucket.
      expect((await slow.ask('GET', '/api/status', { who: 'Ann' })).status).toBe(200);
      // Who guesses tokens is counted with all that come from there without a good one.
      const guesses = await Promise.all(Array.from({ length: 30 }, (_, n) => slow.ask('GET', '/api/status', { who: null, headers: { authorization: `Bearer hc_${String(n).repeat(40)}` } })));
      expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(15);
    } finally {
      await slow.close();
    }
  });
});

describe('metrics', () => {
  it('are told to whoever is on this machine, and beyond it or behind a proxy to who has a token', async () => {
    expect((await api.ask('GET', '/metrics', { who: null })).status).toBe(200);
    const behind = await openApi({ hosts: ['hypercare.example'] });
    try {
      expect((await behind.ask('GET', '/metrics', { who: null })).status).toBe(401);
      expect((await behind.ask('GET', '/metrics')).status).toBe(200);
      expect((await behind.ask('GET', '/health', { who: null })).status).toBe(200);
    } finally {
      await behind.close();
    }
  });
});

describe('an address that is taken', () => {
  it('is told, with what to do', async () => {
    const port = Number(new URL(api.url).port);
    await expect(serveApi({ at: { listen: '127.0.0.1', port, hosts: [], perSecond: 1 }, clock: { monotonic: () => 0 } } as never)).rejects.toMatchObject({ code: 'api.port_taken', message: `another program listens at 127.0.0.1:${port} already` });
  });
});
