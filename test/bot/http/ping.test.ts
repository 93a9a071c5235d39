import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { pingsOf } from '../../../src/store/pings.js';
import { sha256 } from '../../../src/io/hash.js';
import { watchJob } from './job.js';
import { apiOfEachTest, tokenOf } from './stage.js';

const TOKEN = `hc_${'j'.repeat(43)}`;
const ID = sha256(TOKEN);
const api = apiOfEachTest({ perSecond: 50 }, ({ stage }) => stage.store.write((tx) => watchJob(tx, stage.hostId, ID)));
const known = () => pingsOf(api.stage.store.db, ID);
const ping = (what = '', method = 'GET', token = TOKEN) => api.ask(method, `/ping/${token}${what}`, { who: null });

describe('a ping', () => {
  it.each(['GET', 'POST', 'HEAD'])('is taken with %s, and answered “OK”', async (method) => {
    const { status, text } = await ping('', method);
    expect([status, text]).toEqual([200, method === 'HEAD' ? '' : 'OK']);
    expect(await known()).toMatchObject({ endedAt: api.stage.now, exit: 0 });
  });

  it('tells the start, a failure, and an exit status', async () => {
    const { stage } = api;
    const began = stage.now;
    await ping('/start');
    stage.now += 40_000;
    await ping('/3', 'POST');
    expect(await known()).toMatchObject({ startedAt: began, endedAt: stage.now, exit: 3, ranMs: 40_000 });
    await ping('/fail', 'HEAD');
    expect((await known())?.exit).toBe(-1);
    await ping('/0');
    expect((await known())?.exit).toBe(0);
  });

  it('is sent by curl as crontabs have it, with the output of the job, which nobody reads', async () => {
    const { stdout } = await promisify(execFile)('curl', ['-fsS', '-m', '10', '--retry', '5', '--data-raw', 'x'.repeat(100_000), `${api.url}/ping/${TOKEN}/0`]);
    expect([stdout, (await known())?.exit]).toEqual(['OK', 0]);
  });

  it.each(['/256', '/-1', '/started', '/0x1', '/start/again', '/..%2f'])('%s is none', async (what) => {
    expect((await ping(what)).status).toBeGreaterThanOrEqual(400);
    expect(await known()).toBeNull();
  });

  it.each([['another token', `hc_${'k'.repeat(43)}`], ['the hash', ID], ['a beginning', TOKEN.slice(0, -1)], ['a person’s token', tokenOf('Ann')], ['much', 'z'.repeat(5_000)], ['a way up', '..%2f..%2fetc%2fpasswd']])('with %s is nobody’s, and the token is not repeated', async (_what, token) => {
    const { status, text } = await ping('', 'GET', token);
    expect([status >= 400 && status < 500, text.includes(token)]).toEqual([true, false]);
    expect((await api.stage.store.db.selectFrom('pings').select(['ended_at']).execute()).every(({ ended_at: at }) => at === null)).toBe(true);
  });

  it('needs no role, and a token of a person gives none of its own', async () => {
    expect((await api.ask('GET', `/ping/${TOKEN}`, { who: null, headers: { authorization: 'Bearer wrong' } })).status).toBe(200);
  });
});

describe('10,000 pings', () => {
  it('of one job are one row, a few writes, and clear answers; another job still gets through', async () => {
    const [other, wrong] = ['o', 'w'].map((letter) => `hc_${letter.repeat(43)}`);
    await api.stage.store.write((tx) => watchJob(tx, api.stage.hostId, sha256(other ?? ''), [], 'hourly'));
    const heap = process.memoryUsage().heapUsed;
    const counts = new Map<number, number>();
    for (let sent = 0; sent < 10_000; sent += 100) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(`${api.url}/ping/${TOKEN}`).then(async (answer) => ({ status: answer.status, wait: answer.headers.get('retry-after'), text: await answer.text() }))));
      for (const { status, wait, text } of answers) {
        counts.set(status, (counts.get(status) ?? 0) + 1);
        if (status === 429) expect([wait, JSON.parse(text)]).toMatchObject(['1', { error: { code: 'rate.exceeded', message: 'more than 5 requests a second' } }]);
      }
    }
    expect([...counts.keys()].sort()).toEqual([200, 429]);
    expect(counts.get(429)).toBeGreaterThan(9_000);
    expect((await ping('', 'GET', other)).status).toBe(200);
    expect((await api.stage.store.db.selectFrom('pings').select('id').execute()).length).toBe(2);
    expect((process.memoryUsage().heapUsed - heap) / 1_048_576).toBeLessThan(100);
    // What guesses is told to wait with all that come from its address without a token.
    const guesses = await Promise.all(Array.from({ length: 150 }, () => ping('', 'GET', wrong)));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([404, 429]));
  }, 60_000);
});
