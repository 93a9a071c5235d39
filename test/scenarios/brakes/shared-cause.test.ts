import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actsOn } from '../../../src/store/acts.js';
import { readAudit } from '../../../src/store/audits.js';
import { openHolds } from '../../../src/store/holds.js';
import { openIncidents } from '../../../src/store/incidents.js';
import { getResource, listResources } from '../../../src/store/resources.js';
import { until, type StartedApp } from '../../doubles/pm2-home.js';
import { MARKED } from '../breaking-apps.js';
import { watchedHome } from '../watched-home.js';
import type { Watch } from '../watch.js';

const REAL_MS = 90_000;
/** Asks the database for every checkout. */
const CLIENT = `
const http = require('node:http');
http.createServer((request, response) => {
  if (request.url !== '/checkout') return response.end();
  http.get(process.env.DATABASE, (answer) => { answer.resume(); response.writeHead(answer.statusCode).end(); }).on('error', () => response.writeHead(500).end());
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const home = watchedHome();

async function begin(apps: readonly StartedApp[], uses: string, more: string): Promise<Watch> {
  const watch = await home.watch(`apps:
${apps.map((app) => `  ${app.name}: { url: "${app.url}", endpoints: [{ path: /checkout, samples: 1, timeout: 2s }], liveness: { path: /, every: 1s }${uses} }`).join('\n')}
${more}
policy:
  default: act-and-tell
`);
  await watch.steady();
  return watch;
}

async function ours({ store, monitor }: Watch, since = 0): Promise<number> {
  const apps = (await listResources(store.db, monitor.ctx.hostId)).filter(({ kind }) => kind === 'app');
  return (await Promise.all(apps.map(({ id }) => actsOn(store.db, id, since)))).flat().filter(({ by }) => by === 'us').length;
}

async function open({ store, monitor }: Watch): Promise<readonly string[]> {
  const names = await Promise.all((await openIncidents(store.db, monitor.ctx.hostId)).map(async ({ resourceId }) => (await getResource(store.db, resourceId)).name));
  return names.toSorted();
}

const holds = async ({ store, monitor }: Watch): Promise<readonly string[]> => (await openHolds(store.db, monitor.ctx.hostId)).map(({ kind, scope, reason }) => `${kind} of ${scope}: ${reason}`);

describe('a database that is dead', () => {
  it('gets none of the apps that use it restarted: one incident, at the database', { timeout: 240_000 }, async () => {
    const database = await home.pm2.startApp({ name: 'database', code: MARKED, awaitAnswer: true });
    const clients: StartedApp[] = [];
    for (const name of ['web', 'desk', 'mail']) clients.push(await home.pm2.startApp({ name, code: CLIENT, awaitAnswer: true, env: { DATABASE: `${database.url}checkout` } }));
    const on = await begin(clients, ', uses: [database]', `dependencies:\n  database: { url: "${database.url}checkout", every: 30s, timeout: 1s } # The apps' trouble is seen first.`);
    await writeFile(join(database.cwd, 'broken'), '');
    // Until the database is looked at they may be a storm of their own.
    const held = async () => (await holds(on)).some((hold) => /^storm of (?=.*web)(?=.*desk)(?=.*mail).*: database is bad, which they need/.test(hold));
    await until('the database alone to have an incident, and the apps to be held for it', async () => (await open(on)).join() === 'database' && (await held()), REAL_MS);
    expect(await ours(on)).toBe(0);
    await rm(join(database.cwd, 'broken'));
    await until('all to be well, and nothing to be held', async () => (await open(on)).length === 0 && (await holds(on)).length === 0, REAL_MS);
    expect(await ours(on)).toBe(0);
  });
});

describe('apps that are bad at once', () => {
  it('as three of four are a storm: no app is touched until it is over', { timeout: 240_000 }, async () => {
    const apps: StartedApp[] = [];
    for (const name of ['north', 'east', 'south', 'west']) apps.push(await home.pm2.startApp({ name, code: MARKED, awaitAnswer: true }));
    const on = await begin(apps, '', '');
    const sick = apps.slice(0, 3);
    await Promise.all(sick.map(({ cwd }) => writeFile(join(cwd, 'broken'), '')));
    await until('the storm to be seen', async () => (await holds(on)).some((hold) => hold.startsWith('storm of *: 3 of 4 apps fell sick at once')), REAL_MS);
    const since = (await openHolds(on.store.db, on.monitor.ctx.hostId))[0]?.from ?? 0;
    await until('each of them to be told of', async () => (await openIncidents(on.store.db, on.monitor.ctx.hostId)).filter(({ reason }) => /hypercare holds it: 3 of 4 apps fell sick/.test(reason ?? '')).length === 3, REAL_MS);
    expect(await ours(on, since), 'what was begun before the third was bad is no storm yet').toBe(0);
    await Promise.all(sick.map(({ cwd }) => rm(join(cwd, 'broken'))));
    await until('it to be over', async () => (await open(on)).length === 0 && (await holds(on)).length === 0, REAL_MS);
    expect(await ours(on, since)).toBe(0);
    const told = (await readAudit(on.store.db, on.monitor.ctx.hostId, 200)).filter(({ what }) => what.startsWith('storm')).map(({ what, why }) => `${what} (${why})`);
    expect(told[0]).toMatch(/^storm of everything began \(3 of 4 apps fell sick at once \((?=.*north)(?=.*east)(?=.*south)/);
    expect(told[1]).toMatch(/^storm of everything ended/);
  });

  it('as two of four are none: each is repaired', { timeout: 240_000 }, async () => {
    const apps: StartedApp[] = [];
    for (const name of ['spring', 'summer', 'autumn', 'winter']) apps.push(await home.pm2.startApp({ name, code: MARKED, awaitAnswer: true }));
    const on = await begin(apps, '', '');
    await Promise.all(apps.slice(0, 2).map(({ cwd }) => writeFile(join(cwd, 'broken'), '')));
    await until('both to be repaired', async () => (await ours(on)) >= 2, REAL_MS);
    expect((await holds(on)).filter((hold) => hold.startsWith('storm'))).toEqual([]);
  });
});
