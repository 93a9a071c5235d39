import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { incidentView } from '../../src/store/incident-view.js';
import { servePages } from '../doubles/pages.js';
import { virtualTime } from '../doubles/virtual-time.js';
import { newestIncident, startWatched } from '../doubles/watched.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);
const SECRETS = { HEADER_KEY: 'header-4711-key', QUERY_KEY: 'query-4712-key', PATH_KEY: 'path-4713-key', PAY_KEY: 'pay-4714-key', BODY_KEY: 'body-4715-key' };

let broken = false;
const heard = new Set<string>();

const pages = servePages((request, response) => {
  heard.add(`${request.url} ${request.headers.authorization ?? ''}`);
  if (request.url === '/word') response.end(broken ? 'no' : `it is ${SECRETS.BODY_KEY}`);
  else response.writeHead(broken ? 500 : 200).end('ok');
});

function config(dataDir: string): string {
  writeFileSync(join(dataDir, '.env'), Object.entries(SECRETS).map(([name, value]) => `${name}=${value}\n`).join(''), { mode: 0o600 });
  const { url, pm2 } = pages;
  return `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pm2.home)}
apps:
  shop:
    url: ${url}
    endpoints:
      - { path: '/cart?key=\${QUERY_KEY}', samples: 1, headers: { authorization: 'Bearer \${HEADER_KEY}' } }
      - { path: '/hook/\${PATH_KEY}', samples: 1 }
      - { path: /word, samples: 1, body: 'it is \${BODY_KEY}' }
    liveness: { every: 10s }
    uses: [pay]
dependencies:
  pay: { url: '${url}/pay/\${PAY_KEY}', every: 10s }
people:
  - { name: Ann, role: approver, terminal: ann }
`;
}

it('what comes from the environment is sent where it is asked for, and is neither stored, nor logged, nor on a card', { timeout: 60_000 }, async () => {
  const time = virtualTime(START);
  const watched = await startWatched(config, { time });
  try {
    await time.reach(START + 60_000);
    expect([...heard].sort()).toEqual(['/cart?key=query-4712-key Bearer header-4711-key', '/hook/path-4713-key ', '/pay/pay-4714-key ', '/word ']);
    broken = true;
    await time.reach(START + 180_000);
    const incident = await newestIncident(watched);
    const view = JSON.stringify(incident && (await incidentView(watched.store.db, incident.id)));
    const files = readdirSync(watched.dir).filter((name) => name.startsWith('hypercare.db'));
    const bytes = Buffer.concat(files.map((name) => readFileSync(join(watched.dir, name))));
    expect(files).toContain('hypercare.db-wal');
    // The watch itself is in there, so the bytes are those of a store that remembers.
    expect(bytes.includes('shop http:/cart')).toBe(true);
    expect(bytes.includes('http:/hook/${PATH_KEY}')).toBe(true);
    expect(view).toContain('status 500');
    expect(bytes.includes('body lacks "it is ${BODY_KEY}"')).toBe(true);
    for (const secret of Object.values(SECRETS)) expect([bytes.includes(secret), view.includes(secret), watched.logs.join('\n').includes(secret)]).toEqual([false, false, false]);
  } finally {
    await watched.stop();
  }
});
