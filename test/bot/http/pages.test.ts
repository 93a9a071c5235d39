import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { IncidentId } from '../../../src/domain/ids.js';
import { systemClock } from '../../../src/io/clock.js';
import { changeIncident } from '../../../src/store/incidents.js';
import { LINK_FOR_MS, SESSION_FOR_MS } from '../../../src/store/visits.js';
import { asked, broken, launched, release, watchShop } from '../../src/commands/stage.js';
import { apiOfEachTest, openApi } from './stage.js';
import { linkFor, sendForm, signIn } from './visitor.js';

let incident = '' as IncidentId;
let question = '';

const api = apiOfEachTest({}, async ({ stage }) => {
  await watchShop(stage, 'bad');
  await release(stage, '9d1e003', true);
  await launched(stage);
  const opened = await broken(stage);
  incident = opened.id;
  question = (await asked(stage, opened)).question.id;
});

const answers = async () => api.stage.store.db.selectFrom('answers').select(['via', 'yes']).execute();
const requests = async (): Promise<number> => (await api.stage.store.db.selectFrom('requests').select('id').execute()).length;
const openLink = async (link: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> => sendForm(`${api.url}/dashboard/in/${link}`, {}, headers);

describe('a link', () => {
  it('lets in whom it was given to, once; who only looks at it uses nothing up', async () => {
    const link = await linkFor(api, 'Otto');
    for (let n = 0; n < 2; n += 1) expect(await (await fetch(`${api.url}/dashboard/in/${link}`)).text()).toContain('Sign in as Otto');
    const [first, second] = await Promise.all([openLink(link), openLink(link)]);
    expect([first.status, second.status].sort()).toEqual([303, 404]);
    expect((await fetch(`${api.url}/dashboard/in/${link}`)).status).toBe(404);
  });

  it.each([
    ['that is too old', async () => { const link = await linkFor(api, 'Ann'); api.stage.now += LINK_FOR_MS; return link; }],
    ['that came before another', async () => { const link = await linkFor(api, 'Ann'); await linkFor(api, 'Ann'); return link; }],
    ['from before a step of the clock', async () => { const link = await linkFor(api, 'Ann'); api.stage.now -= 60_000; return link; }],
    ['of somebody the config names no more', async () => { const link = await linkFor(api, 'Ann'); await api.stage.store.write((tx) => tx.updateTable('people').set({ retired: 1 }).execute()); return link; }],
    ['that is made up', async () => 'x'.repeat(32)],
  ])('%s leads nowhere, and says where to get one', async (_what, made) => {
    const link = await made();
    for (const answer of [await fetch(`${api.url}/dashboard/in/${link}`), await openLink(link)]) {
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([404, null]);
      expect(await answer.text()).toContain('hypercare dashboard');
    }
  });

  it.each<Readonly<Record<string, string>>>([{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])('is used up by no other site: %j', async (headers) => {
    const link = await linkFor(api, 'Ann');
    expect((await openLink(link, headers)).status).toBe(403);
    expect((await openLink(link)).status).toBe(303);
  });

  it('stands nowhere but with whom it was given to: neither it nor the session is in the store', async () => {
    const link = await linkFor(api, 'Ann');
    const { cookie } = await signIn(api, 'Ann');
    const kept = JSON.stringify(await api.stage.store.db.selectFrom('visits').selectAll().execute());
    expect([kept.includes(link), kept.includes(cookie.split('=')[1] ?? link)]).toEqual([false, false]);
  });
});

describe('a session', () => {
  it('is a cookie that scripts and other sites never see, bounded in time', async () => {
    const answer = await openLink(await linkFor(api, 'Ann'));
    expect(answer.headers.get('set-cookie')).toMatch(new RegExp(`^hypercare_${new URL(api.url).port}=[\\w-]{32}; Max-Age=43200; Path=/; HttpOnly; SameSite=Strict$`));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/dashboard']);
  });

  it('that came over TLS is sent over nothing else', async () => {
    const behind = await openApi({ hosts: ['hypercare.example.com'] });
    try {
      const link = await linkFor(behind, 'Ann');
      const cookie = await new Promise<string>((done, failed) => {
        const sent = request({ host: '127.0.0.1', port: new URL(behind.url).port, method: 'POST', path: `/dashboard/in/${link}`, setHost: false, headers: { host: 'hypercare.example.com', origin: 'https://hypercare.example.com' } }, (answer) => done(String(answer.headers['set-cookie'])));
        sent.on('error', failed).end();
      });
      expect(cookie).toContain('; Secure');
    } finally {
      await behind.close();
    }
  });

  it('is over after its time, when its person signs out, and when the config names him no more', async () => {
    const [late, out, gone] = [await signIn(api, 'Ann'), await signIn(api, 'Otto'), await signIn(api, 'Vera')];
    const left = await out.send('/dashboard/out', {});
    expect([left.status, left.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('Max-Age=0')]);
    expect([(await late.get('/api/status')).status, (await out.get('/api/status')).status, (await gone.get('/api/status')).status]).toEqual([200, 401, 200]);
    await api.stage.store.write((tx) => tx.updateTable('people').set({ retired: 1 }).where('name', '=', 'Vera').execute());
    expect((await gone.get('/dashboard')).status).toBe(401);
    api.stage.now += SESSION_FOR_MS;
    expect([(await late.get('/dashboard')).status, (await late.get('/api/events')).status]).toEqual([401, 401]);
  });

  it('has the role its person has now, and gives no second link', async () => {
    const ann = await signIn(api, 'Ann');
    expect((await ann.post('/api/commands/dashboard', {})).status).toBe(403);
    await api.stage.store.write((tx) => tx.updateTable('people').set({ role: 'viewer' }).where('name', '=', 'Ann').execute());
    expect((await ann.post('/api/commands/freeze', { reason: 'x' })).status).toBe(403);
    expect(await requests()).toBe(0);
  });

  it.each(['', 'x', 'y'.repeat(32), '../'.repeat(10), `${'z'.repeat(31)};`])('that is made up (%j) lets nobody in', async (secret) => {
    const cookie = `hypercare_${new URL(api.url).port}=${secret}`;
    expect((await fetch(`${api.url}/dashboard`, { headers: { cookie } })).status).toBe(401);
    expect((await fetch(`${api.url}/api/status`, { headers: { cookie } })).status).toBe(401);
  });
});

describe('who listens by a session', () => {
  it('is asked anew after a while, so that one that ended hears no more', async () => {
    let later = 0;
    const slow = await openApi({}, { clock: { ...systemClock, now: () => slow.stage.now, monotonic: () => systemClock.monotonic() + later } });
    try {
      const vera = await signIn(slow, 'Vera');
      const events = await vera.get('/api/events');
      expect(events.status).toBe(200);
      later = 10 * 60_000;
      expect(await events.text()).toContain('still here');
    } finally {
      await slow.close();
    }
  });
});

describe('what changes something', () => {
  const wishes = [['/api/commands/freeze', { reason: 'x' }], ['/api/press', { token: 'y:x' }], ['/api/self-healing/toggle-auto-remediation', { enabled: false }]] as const;

  it.each([
    ['without the word of a page', { 'x-hypercare-page': '' }], ['with another', { 'x-hypercare-page': 'f'.repeat(64) }],
    ['from another origin', { origin: 'https://evil.example' }], ['from another port of this name', { origin: 'http://127.0.0.1:3000' }], ['from a page the browser calls foreign', { 'sec-fetch-site': 'same-site' }],
  ])('is refused %s, and nothing is written', async (_how, headers) => {
    const ann = await signIn(api, 'Ann');
    for (const [path, body] of wishes) expect([path, (await ann.post(path, body, headers)).status]).toEqual([path, 403]);
    for (const path of ['/dashboard/press', '/dashboard/out']) {
      const { 'x-hypercare-page': page = ann.page, ...sent } = headers as Readonly<Record<string, string>>;
      expect([path, (await ann.send(path, { page, token: `y:${question}`, confirmed: 'yes' }, sent)).status]).toEqual([path, 403]);
    }
    expect([await requests(), await answers(), (await ann.get('/api/status')).status]).toEqual([0, [], 200]);
  });

  it('is refused where a browser says nothing of where it comes from', async () => {
    const ann = await signIn(api, 'Ann');
    const answer = await fetch(`${api.url}/api/commands/freeze`, { method: 'POST', headers: { cookie: ann.cookie, 'x-hypercare-page': ann.page, 'content-type': 'application/json' }, body: '{"reason":"x"}' });
    expect([answer.status, await requests()]).toEqual([403, 0]);
  });

  it('needs the role, as everywhere', async () => {
    const vera = await signIn(api, 'Vera');
    expect([(await vera.post('/api/press', { token: `y:${question}` })).status, (await vera.send('/dashboard/press', { token: `y:${question}`, confirmed: 'yes' })).status]).toEqual([403, 403]);
    expect(await answers()).toEqual([]);
  });

  it('is done for a page of ours, and kept as said there', async () => {
    const ann = await signIn(api, 'Ann');
    const told = await ann.post('/api/press', { token: `n:${question}` });
    expect([told.status, await answers()]).toEqual([200, [{ via: 'web', yes: 0 }]]);
  });
});

describe('the board without scripts', () => {
  it('is headings and tables of everything, and signing in is asked for before', async () => {
    expect((await fetch(`${api.url}/dashboard`)).status).toBe(401);
    const text = await (await (await signIn(api, 'Vera')).get('/dashboard')).text();
    for (const part of ['Open incidents', 'Health', 'Launches', 'Releases and incidents', 'Repairs', 'Statistics', 'Vera (viewer)', 'release 4f2a91c', 'poor', 'a question waits for your answer', 'A yes does exactly this']) expect(text).toContain(part);
  });

  it('holds whatever stands in it as text', async () => {
    await api.stage.store.write((tx) => changeIncident(tx, incident, { title: '<img src=x onerror=alert(1)> & "quoted"' }));
    const text = await (await (await signIn(api, 'Vera')).get('/dashboard')).text();
    expect([text.includes('<img'), text.includes('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;')]).toEqual([false, true]);
  });

  it('may run, fetch and send only what is ours, and nobody may frame it', async () => {
    const { headers } = await (await signIn(api, 'Vera')).get('/dashboard');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    expect([headers.get('x-frame-options'), headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['DENY', 'no-store', 'same-origin']);
  });

  it('answers a question by a form, and asks a second time before what disrupts', async () => {
    const ann = await signIn(api, 'Ann');
    const again = await (await ann.send('/dashboard/press', { token: `y:${question}` })).text();
    expect([again.includes('name="confirmed"'), await answers()]).toEqual([true, []]);
    const done = await ann.send('/dashboard/press', { token: `y:${question}`, confirmed: 'yes' });
    expect([done.status, await answers()]).toEqual([200, [{ via: 'web', yes: 1 }]]);
  });

  it('says what was wrong with what was sent, as a page', async () => {
    const ann = await signIn(api, 'Ann');
    const answer = await ann.send('/dashboard/press', { token: 'rm -rf' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=UTF-8']);
    expect(await answer.text()).toContain('this button is not one of ours');
  });
});

describe('its files', () => {
  it('are served by their names, and asked for again only where they changed', async () => {
    const { status, headers } = await fetch(`${api.url}/dashboard/assets/style.css`);
    expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([200, 'text/css; charset=utf-8', 'nosniff']);
    expect((await fetch(`${api.url}/dashboard/assets/style.css`, { headers: { 'if-none-match': headers.get('etag') ?? '' } })).status).toBe(304);
  });

  it.each(['/dashboard/assets/..%2f..%2fpackage.json', '/dashboard/assets/..%5c..%5cpackage.json', '/dashboard/assets/%2e%2e/%2e%2e/package.json', '/dashboard/assets/%00', '/dashboard/assets/', '/dashboard/assets/style.css/', '/dashboard/../package.json', '/dashboard/in/..%2f..%2fetc%2fpasswd', '/dashboard/nowhere'])('are the only ones: %s leads nowhere', async (path) => {
    const status = await new Promise((done, failed) => {
      request({ host: '127.0.0.1', port: new URL(api.url).port, path }, (answer) => done(answer.resume().statusCode)).on('error', failed).end();
    });
    expect([400, 404]).toContain(status);
  });
});
