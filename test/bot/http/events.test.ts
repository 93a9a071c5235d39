import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { tell } from '../../../src/store/events.js';
import { apiOfEachTest, tokenOf } from './stage.js';

const api = apiOfEachTest();

interface Heard {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly kind: string };
}

/** Listens until so many events came. */
async function listen(most: number, headers: Readonly<Record<string, string>> = {}, meanwhile: () => Promise<unknown> = async () => undefined): Promise<readonly Heard[]> {
  const leaving = new AbortController();
  const answer = await fetch(`${api.url}/api/events`, { headers: { authorization: `Bearer ${tokenOf('Vera')}`, ...headers }, signal: leaving.signal });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  let text = '';
  let began = false;
  const heard = (): readonly Heard[] => [...text.matchAll(/id: (\S+)\nevent: (\S+)\ndata: (.*)\n\n/g)].map(([, id = '', event = '', data = '']) => ({ id, event, data: JSON.parse(data) as Heard['data'] }));
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk);
    if (!began) await meanwhile();
    began = true;
    if (heard().length >= most) break;
  }
  leaving.abort();
  return heard();
}

const happens = (kind: 'monitor.pm2_lost' | 'monitor.pm2_back'): Promise<void> => api.stage.store.write((tx) => tell(tx, api.stage.hostId, { kind }, (api.stage.now += 1)));

describe('who listens to events', () => {
  it('hears what happens, each once and in order, and goes on where he stopped', async () => {
    const heard = await listen(2, {}, async () => {
      await happens('monitor.pm2_lost');
      await happens('monitor.pm2_back');
    });
    expect(heard.map(({ event, data }) => [event, data.kind])).toEqual([['monitor.pm2_lost', 'monitor.pm2_lost'], ['monitor.pm2_back', 'monitor.pm2_back']]);
    await happens('monitor.pm2_lost');
    expect((await listen(1, { 'last-event-id': heard.at(-1)?.id ?? '' })).map(({ event }) => event)).toEqual(['monitor.pm2_lost']);
  });

  it('is nobody without a token', async () => {
    expect((await api.ask('GET', '/api/events', { who: null })).status).toBe(401);
  });

  it('is one of 32 at most, and one that never reads holds up nobody', async () => {
    const { port } = new URL(api.url);
    const sockets = Array.from({ length: 32 }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(`GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${tokenOf('Vera')}\r\n\r\n`);
      return socket;
    });
    await expect.poll(async () => (await api.ask('GET', '/api/events', { headers: { connection: 'close' } }).catch(() => null))?.status, { timeout: 10_000, interval: 200 }).toBe(503);
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 300; n += 1) await happens(n % 2 === 0 ? 'monitor.pm2_lost' : 'monitor.pm2_back');
    await delay(2_500);
    expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(64);
    expect((await api.ask('GET', '/health', { who: null })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    // Their places are free again.
    await expect.poll(async () => {
      const leaving = new AbortController();
      const { status } = await fetch(`${api.url}/api/events`, { headers: { authorization: `Bearer ${tokenOf('Vera')}` }, signal: leaving.signal });
      leaving.abort();
      return status;
    }, { timeout: 10_000, interval: 300 }).toBe(200);
  });
});
