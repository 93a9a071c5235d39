import { createServer, type Server } from 'node:http';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.js';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { getResource } from '../../src/store/resources.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../doubles/pm2-home.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

/** Its checkout asks the payments; with STUCK it never asks again once they were down, until it is restarted. */
const SHOP = `
const http = require('node:http');
let lost = false;
function pay() {
  return new Promise((paid) => http.get(process.env.PAYMENTS, (answer) => { answer.resume(); paid(answer.statusCode === 200); }).on('error', () => paid(false)));
}
http.createServer(async (request, response) => {
  const paid = request.url !== '/checkout' || (!lost && await pay());
  lost = lost || (!paid && process.env.STUCK === 'yes');
  response.writeHead(paid ? 200 : 500).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

let home: Pm2Home;
let port: number;
let payments: Server | null = null;
let watch: Watch | null = null;

beforeAll(async () => {
  home = await startPm2Home();
  port = await freePort();
});

afterAll(() => home.stop());

beforeEach(async () => {
  await rm(join(home.home, 'hypercare.anchor'), { force: true }); // Of the store of the test before.
  await paymentsUp();
  return async () => {
    await watch?.stop();
    watch = null;
    await paymentsDown();
  };
});

async function paymentsUp(): Promise<void> {
  const server = createServer((_request, response) => void response.end());
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  payments = server;
}

async function paymentsDown(): Promise<void> {
  const server = payments;
  payments = null;
  server?.closeAllConnections();
  if (server) await new Promise((closed) => server.close(closed));
}

async function begin(name: string, env: Readonly<Record<string, string>>): Promise<{ readonly begun: Watch; readonly app: StartedApp }> {
  const app = await home.startApp({ name, code: SHOP, awaitAnswer: true, env: { PAYMENTS: `http://127.0.0.1:${port}/`, ...env } });
  const config = (dataDir: string): string => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
apps:
  ${name}:
    url: http://127.0.0.1:${app.port}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    uses: [payments]
dependencies:
  payments: { url: "http://127.0.0.1:${port}/", every: 30s, timeout: 1s } # The shop's trouble is seen first.
policy:
  default: act-and-tell
${BRISK}`;
  watch = await beginWatch(config);
  await watch.steady();
  return { begun: watch, app };
}

async function open({ store, monitor }: Watch): Promise<readonly string[]> {
  const incidents = (await recentIncidents(store.db, monitor.ctx.hostId, 20)).filter((incident) => incident.state !== 'resolved');
  return Promise.all(incidents.map(async (incident) => (await getResource(store.db, incident.resourceId)).name));
}

/** What was done, but for when the shop's trouble was seen to be that of the payments: before or after the rest of that moment. */
async function storyOf(begun: Watch): Promise<string> {
  const elsewhere = /hypercare: incident over: \/checkout: .*\n {4}its cause is elsewhere: it does not answer as it should\n/;
  const story = await begun.story();
  expect(story).toMatch(elsewhere);
  return story.replace(elsewhere, '');
}

async function checkout({ port: at }: StartedApp): Promise<number> {
  return (await fetch(`http://127.0.0.1:${at}/checkout`)).status;
}

describe('an app whose dependency is down', () => {
  it('is left alone: there is one incident, at the dependency, and it is over when that is back', async () => {
    const { begun, app } = await begin('shop', {});
    await paymentsDown();
    await begun.incident('escalated');
    await until('payments alone to have an incident', async () => (await open(begun)).join() === 'payments');
    const { clock } = begun.monitor.ctx;
    const then = clock.monotonic() + 3_000;
    await until('more looks', () => clock.monotonic() >= then);
    expect(await open(begun)).toEqual(['payments']);
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  payments needs you: it does not answer as it should
        At ‹clock›: up: refused
        Also: /checkout: status 500, some checks in a row over a while

        hypercare has stopped acting: payments is not ours to repair; the apps that use it are left alone meanwhile.
        Now: look at payments yourself. It is still measured, and this closes by itself once it is good.

        Began  ‹clock›, a while ago

        incident ‹id›
      "
    `);
    await paymentsUp();
    await until('nothing to be open', async () => (await open(begun)).length === 0);
    expect(await checkout(app)).toBe(200);
    expect(await actsOn(begun.store.db, begun.app.id, 0)).toEqual([]);
    expect(await storyOf(begun)).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches shop
      hypercare: launch of shop shop began
          first seen
      hypercare: incident on shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: incident on payments: it does not answer as it should
          up: refused
      hypercare: storm of shop began
          payments is bad, which it needs: it does not answer as it should
      hypercare: people are needed: it does not answer as it should
          payments is not ours to repair; the apps that use it are left alone meanwhile
      hypercare: incident over: it does not answer as it should
          good again by itself after a while
      "
    `);
  });

  it('is mended itself when it stays bad after the dependency is back', async () => {
    const { begun, app } = await begin('stuck-shop', { STUCK: 'yes' });
    await paymentsDown();
    await until('payments alone to have an incident', async () => (await open(begun)).join() === 'payments');
    expect(await actsOn(begun.store.db, begun.app.id, 0)).toEqual([]);
    await paymentsUp();
    await until('the shop to be mended', async () => (await actsOn(begun.store.db, begun.app.id, 0)).length > 0 && (await open(begun)).length === 0, 20_000);
    expect(await checkout(app)).toBe(200);
    expect(await storyOf(begun)).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches stuck-shop
      hypercare: launch of stuck-shop stuck-shop began
          first seen
      hypercare: incident on stuck-shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: incident on payments: it does not answer as it should
          up: refused
      hypercare: storm of stuck-shop began
          payments is bad, which it needs: it does not answer as it should
      hypercare: people are needed: it does not answer as it should
          payments is not ours to repair; the apps that use it are left alone meanwhile
      hypercare: incident over: it does not answer as it should
          good again by itself after a while
      hypercare: storm of stuck-shop ended
          its time was up
      hypercare: incident on stuck-shop: /checkout: status 500, some checks in a row over a while, though payments is good again
          status 500 × some; never good in the readings looked at; it was well before, and broke with payments: its connections there are most likely lost
      hypercare: pm2.reload is what can be tried
          for connections-lost the runbook has nothing else
      hypercare: pm2.reload on stuck-shop: auto
          the rule “default” lets it act and tell
      hypercare: pm2.reload on stuck-shop began
          rule default, plan hash ‹hash›
      hypercare: pm2.reload on stuck-shop ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while, though payments is good again
          pm2.reload mended it after a while: 3 good readings in a row of each of 3 checks
      "
    `);
  });
});
