import type { Card } from '../../src/cards/card.js';
import type { Channel } from './channel.js';

/** Where people are heard: 'Slack', 'Telegram'. */
export type Ears = readonly string[];

/** A channel in which nobody is heard shows no button, for it would do nothing; a question says where it is answered. */
export function alertsOnly(channel: Channel, ears: Ears): Channel {
  if (channel.alertsOnly !== true) return channel;
  return { ...channel, deliver: (card, key, previous, said) => channel.deliver(toldHere(card, ears), key, previous, said) };
}

export function toldHere(card: Card, ears: Ears): Card {
  if (card.buttons.length === 0) return card;
  const name = card.about?.resource ?? '<app>';
  const there = ears.length === 0 ? '' : `, or with the buttons in ${ears.join(' or ')}`;
  const where = `Nobody hears an answer here. To decide: hypercare approve ${name}, or hypercare deny ${name}, in a terminal on the host${there}.`;
  return { ...card, buttons: [], body: [where, ...card.body], footer: withoutWords(card.footer) };
}

/** Words that answer in a chat answer nothing here. */
function withoutWords(footer: string | null): string | null {
  return footer === null ? null : (footer.split(' · to answer in words:')[0] ?? footer);
}
