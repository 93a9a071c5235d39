import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Card } from '../../../src/cards/card.js';
import { runPressed } from '../../../src/commands/run-words.js';
import { errorText, HypercareError } from '../../../src/domain/errors.js';
import { boardNow } from '../board.js';
import type { Call, Env } from '../call.js';
import { refusalOf } from '../refusal.js';
import { demandOurPage } from '../session.js';
import { readAssets, type Asset } from './assets.js';
import { boardPage } from './board-page.js';
import { cardPart, pressForm } from './card-part.js';
import { field, HOME, type Desk } from './desk.js';
import { note, type Html } from './layout.js';
import { signedOutPage } from './sign-in.js';
import { serveVisits } from './visits.js';

const SCRIPT = 'app.js';

/** The dashboard for browsers: signing in and out, the board as a page that needs no script, its buttons and its files. */
export function pages(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  const assets = readAssets();
  serveVisits(app, desk);
  app.get('/', async (call) => {
    const caller = call.get('caller');
    if (caller === null) return call.html(signedOutPage(), 401);
    const board = await desk.shared('board UTC', () => boardNow(desk.speak(caller), desk.parts.hostName));
    return call.html(boardPage(board, { person: caller.person, page: caller.page, script: assets.has(SCRIPT) ? SCRIPT : null }));
  });
  app.post('/press', (call) => press(call, desk));
  app.get('/assets/:name', (call) => serveAsset(call, assets.get(call.req.param('name'))));
  app.onError((thrown, call) => {
    const { status, body } = refusalOf(thrown);
    if (!(thrown instanceof HypercareError)) desk.parts.log.error({ path: call.req.path.slice(0, 100), error: errorText(thrown) }, 'a page could not be made');
    return call.html(note('That was not done', html`<p>${body.error.message}</p>${body.error.mend === null ? '' : html`<p>${body.error.mend}</p>`}${back()}`), status as 400);
  });
  return app;
}

/** A button of a question, as a form sent it; what disrupts is asked a second time first. */
async function press(call: Call, { parts, speak }: Desk): Promise<Response> {
  const caller = call.get('caller');
  demandOurPage(call, caller, await field(call, 'page'));
  if (caller?.page == null) return call.html(signedOutPage(), 401);
  const token = (await field(call, 'token')) ?? '';
  const ctx = speak(caller);
  const button = (await boardNow(ctx, parts.hostName)).questions.flatMap(({ card }) => card.buttons).find((one) => one.token === token);
  if (button?.confirm && (await field(call, 'confirmed')) !== 'yes') return call.html(confirmPage(button.confirm, { button, label: button.confirm.yes, page: caller.page, confirmed: true }));
  const { card } = await runPressed(token, ctx);
  parts.log.info({ platform: 'web', person: caller.person.name, said: 'a button' }, 'a person asked');
  return call.html(resultPage(card));
}

function serveAsset(call: Call, asset: Asset | undefined): Response | Promise<Response> {
  if (asset === undefined) return call.notFound();
  const headers = { etag: asset.etag, 'cache-control': 'no-cache' };
  if (call.req.header('if-none-match') === asset.etag) return call.body(null, 304, headers);
  return call.body(asset.bytes, 200, { ...headers, 'content-type': asset.type });
}

type Confirm = NonNullable<Card['buttons'][number]['confirm']>;

function confirmPage({ title, text, no }: Confirm, again: Parameters<typeof pressForm>[0]): Html {
  return note(title, html`<p>${text}</p><div class="buttons">${pressForm(again)}<a href="${HOME}">${no}</a></div>`);
}

function resultPage(card: Card): Html {
  return note(card.title, html`${cardPart(card, null)}${back()}`);
}

function back(): Html {
  return html`<p><a href="${HOME}">Back to the dashboard</a></p>`;
}
