import { checkout, goodsOf } from './checkout.js';

const PAGES = {
  '/': (shop) => ({ sells: [...shop.prices.keys()] }),
  '/health': (shop) => ({ ok: true, openForSeconds: Math.round((Date.now() - shop.openedAt) / 1000) }),
  '/cart': (shop, ask) => ({ goods: goodsOf(shop, ask) }),
  '/checkout': checkout,
  '/version': (shop) => ({ version: shop.version, commit: shop.commit, pid: process.pid }),
};

/** One request to one answer; what goes wrong inside a page is a 500 and a line in the log. */
export async function answer(shop, request, response) {
  await shop.throttle.enter();
  try {
    const url = new URL(request.url, 'http://shop');
    const page = PAGES[url.pathname];
    if (page) say(response, 200, page(shop, url.searchParams));
    else say(response, 404, { error: 'no such page' });
  } catch (error) {
    console.error(`${request.url.slice(0, 80)} failed: ${error.message}`);
    say(response, 500, { error: 'something went wrong' });
  } finally {
    shop.throttle.leave();
  }
}

function say(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
