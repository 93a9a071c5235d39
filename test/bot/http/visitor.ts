/** Somebody with a browser: a link as the command gives it, and what a browser would send. */
import { personNamed } from '../../../src/store/people.js';
import { offerVisit } from '../../../src/store/visits.js';
import type { Api, Name } from './stage.js';

export interface Visitor {
  readonly cookie: string;
  /** The word that its pages bear. */
  readonly page: string;
  /** As a page of ours asks. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** As one of its forms sends. */
  send(path: string, fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** As its program asks. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

export async function linkFor({ stage }: Pick<Api, 'stage'>, name: Name): Promise<string> {
  const person = await personNamed(stage.store.db, stage.hostId, name);
  if (!person) throw new Error(`nobody is called ${name}`);
  return (await stage.store.write((tx) => offerVisit(tx, stage.hostId, person.id, stage.now))).secret;
}

export function sendForm(url: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', redirect: 'manual', headers: { origin: new URL(url).origin, 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(fields).toString() });
}

export async function signIn(api: Api, name: Name): Promise<Visitor> {
  const answer = await sendForm(`${api.url}/dashboard/in/${await linkFor(api, name)}`, {});
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const get = (path: string, headers = {}): Promise<Response> => fetch(`${api.url}${path}`, { redirect: 'manual', headers: { cookie, ...headers } });
  const page = /name="hypercare-page" content="(\w+)"/.exec(await (await get('/dashboard')).text())?.[1] ?? '';
  return {
    cookie, page, get,
    send: (path, fields, headers = {}) => sendForm(`${api.url}${path}`, { page, ...fields }, { cookie, ...headers }),
    post: (path, body, headers = {}) => fetch(`${api.url}${path}`, { method: 'POST', headers: { cookie, origin: api.url, 'x-hypercare-page': page, 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }),
  };
}
