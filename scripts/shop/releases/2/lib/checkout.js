const DELIVERY = 390;
const FREE_FROM = 2_000;

/** What the customer pays, in cents. `ask` holds the query: items=tea,cake. */
export function checkout(shop, ask) {
  const goods = goodsOf(shop, ask);
  const delivery = goods < FREE_FROM ? DELIVERY : 0;
  return { goods, delivery, total: goods + delivery };
}

export function goodsOf(shop, ask) {
  const items = (ask.get('items') ?? 'tea,cake').split(',');
  return items.reduce((sum, item) => sum + priceOf(shop, item), 0);
}

function priceOf(shop, item) {
  const price = shop.prices.get(item);
  if (price === undefined) throw new Error(`the shop does not sell ${item.slice(0, 40)}`);
  return price;
}
