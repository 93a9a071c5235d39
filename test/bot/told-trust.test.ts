import { expect, it } from 'vitest';
import { drawPlain } from '../../src/cards/plain.js';
import { tell } from '../../src/store/events.js';
import { tellingHouse } from './relay/telling.js';

const { house, place } = tellingHouse();

const proposed = (to: 'ask' | 'act-and-tell', runs: number) => house.store.write((tx) => tell(tx, house.hostId, { kind: 'trust.proposed', body: { app: house.shop, repair: 'pm2.reload', to, runs } }, house.now));
const drawn = (): readonly string[] => place.said.map(({ card }) => drawPlain(card, { width: 72, color: false }));

it('tells a proposal once, with the line to write and where', async () => {
  const relay = house.relay(place);
  await proposed('act-and-tell', 10);
  await house.settle(relay);
  await house.settle(relay);
  expect(drawn()).toHaveLength(1);
  expect(drawn()[0]).toMatchInlineSnapshot(`
    "i INFO  shop: pm2.reload helped 10 times in a row, each after a yes
      Proposed: let it do pm2.reload on shop by itself, and tell you.
      Nothing changes unless you change it.

      For that, write this first under policy.rules in hypercare.yaml, then
      “npm start”:
      - { repair: pm2.reload, target: shop, rung: act-and-tell }

      what it rests on: learned shop"
  `);
});

it('tells that a repair did not help', async () => {
  await proposed('ask', 2);
  await house.settle(house.relay(place));
  expect(drawn()[0]).toMatchInlineSnapshot(`
    "i INFO  shop: pm2.reload did not help 2 times in a row
      Proposed: ask you before pm2.reload on shop. Nothing changes unless
      you change it.

      For that, write this first under policy.rules in hypercare.yaml, then
      “npm start”:
      - { repair: pm2.reload, target: shop, rung: ask }

      what it rests on: learned shop"
  `);
});
