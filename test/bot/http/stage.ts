/** What tests of the HTTP API begin with: the store of the commands' tests, tokens for its people, and a server on loopback. */
import type { ApiParts } from '../../../bot/http/api-parts.js';
import { serveApi } from '../../../bot/http/server.js';
import { freePort } from '../../../scripts/free-port.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { systemClock } from '../../../src/io/clock.js';
import { sha256 } from '../../../src/io/hash.js';
import { monitorSeen } from '../../../src/store/hosts.js';
import { personNamed } from '../../../src/store/people.js';
import { givenEach } from '../../doubles/given.js';
import { openStage, type Stage } from '../../src/commands/stage.js';
import { policy } from '../../src/policy/policies.js';
import { keepLog, type Log } from '../stage.js';

export type Name = 'Ann' | 'Otto' | 'Vera';
export const tokenOf = (name: Name): string => `hc_${name.toLowerCase()}_${'x'.repeat(40)}`;

export interface Api {
  readonly stage: Stage;
  readonly url: string;
  readonly log: Log;
  /** As a program asks; `who` null sends no token. */
  ask(method: string, path: string, options?: { readonly who?: Name | null; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of an answer that is JSON. */
  readonly json: never;
}

export async function openApi(change: Partial<ApiParts['at']> = {}, parts: Partial<ApiParts> = {}): Promise<Api & { close(): Promise<void> }> {
  const stage = await openStage();
  const log = keepLog();
  await stage.store.write(async (tx) => {
    for (const name of ['Ann', 'Otto', 'Vera'] as const) {
      const person = await personNamed(tx, stage.hostId, name);
      await tx.insertInto('accounts').values({ host_id: stage.hostId, platform: 'api', user_id: sha256(tokenOf(name)), person_id: person?.id as never }).execute();
    }
    await monitorSeen(tx, stage.hostId, stage.now);
  });
  const port = await freePort();
  const clock = {
    ...systemClock, now: () => stage.now,
    async sleep(ms: number) {
      stage.now += ms;
      await stage.meanwhile();
    },
  };
  const stop = await serveApi({
    store: stage.store, hostId: stage.hostId, hostName: 'vm-1', carrier: { poke: async () => void (stage.pokes += 1), onPoke: async () => async () => undefined }, clock, log,
    tiers: DEFAULT_TIERS, settleMs: 0, policy: policy('observe'), repairs: async () => (['pm2.reload', 'pm2.restart'] as const).map((kind) => ({ kind, target: 'app', summary: 'starts the app anew', refuses: 'what it does not know', risk: 'safe', takes: [] })), release: '0.0.0', at: { listen: '127.0.0.1', port, hosts: [], perSecond: 1_000, ...change }, ...parts,
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    stage, url, log,
    async ask(method, path, { who = 'Vera', body, headers = {} } = {}) {
      const answer = await fetch(`${url}${path}`, {
        method, redirect: 'manual', headers: { ...(who === null ? {} : { authorization: `Bearer ${tokenOf(who)}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, json: (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : null) as never };
    },
    async close() {
      await stop();
      await stage.close();
    },
  };
}

/** One for each test of the file. */
export function apiOfEachTest(change: Partial<ApiParts['at']> = {}, begun: (api: Api) => unknown = () => undefined): Api {
  return givenEach(async () => {
    const api = await openApi(change);
    await begun(api);
    return api;
  }, (api) => api.close());
}
