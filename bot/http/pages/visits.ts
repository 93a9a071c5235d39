import type { Hono } from 'hono';
import { beginVisit, endVisit, offeredTo } from '../../../src/store/visits.js';
import type { Env } from '../call.js';
import { demandOurPage, demandSameOrigin, giveCookie, sessionIn } from '../session.js';
import { field, HOME, type Desk } from './desk.js';
import { deadLinkPage, signInPage } from './sign-in.js';

/** In by a link, and out again. */
export function serveVisits(app: Hono<Env>, { parts }: Desk): void {
  const { store, hostId, clock, log } = parts;

  app.get('/in/:link', async (call) => {
    const link = call.req.param('link');
    const person = await offeredTo(store.db, hostId, link, clock.now());
    return person === null ? call.html(deadLinkPage(), 404) : call.html(signInPage(person, link));
  });

  app.post('/in/:link', async (call) => {
    // Another site must not sign somebody in as whom it likes.
    demandSameOrigin(call);
    const begun = await store.write((tx) => beginVisit(tx, hostId, call.req.param('link'), clock.now()));
    if (begun === null) return call.html(deadLinkPage(), 404);
    log.info({ platform: 'web', person: begun.person.name }, 'a person opened the dashboard');
    giveCookie(call, parts, begun.secret);
    return call.redirect(HOME, 303);
  });

  app.post('/out', async (call) => {
    const session = sessionIn(call, parts);
    demandOurPage(call, call.get('caller'), await field(call, 'page'));
    if (session !== null) await store.write((tx) => endVisit(tx, hostId, session));
    giveCookie(call, parts, null);
    return call.redirect(HOME, 303);
  });
}
