import type { Card } from '../../src/cards/card.js';
import { incidentCard } from '../../src/cards/incident-card.js';
import { systemClock } from '../../src/io/clock.js';
import { incidentView } from '../../src/store/incident-view.js';
import { CHANNEL_NAME, deliveredTo } from './file-channel.js';
import type { Look } from './look.js';
import { TIME_ZONE } from './run-config.js';

/** Every event has its delivery, at least once, and the last card of each incident shows how it ended. */
export async function checkCards({ db }: Look, dir: string): Promise<readonly string[]> {
  const cards = deliveredTo(dir);
  const incidents = await db.selectFrom('incidents').select('id').execute();
  const launches = await db.selectFrom('launches').select('id').execute();
  const unserved = await db.selectFrom('events').leftJoin('deliveries', (join) => join.onRef('deliveries.event_id', '=', 'events.id').on('deliveries.channel', '=', CHANNEL_NAME))
    .select(['events.kind', 'deliveries.state']).execute();
  const wrong = unserved.filter(({ kind, state }) => state !== (kind === 'monitor.started' ? 'dropped' : 'done')).map(({ kind, state }) => `${kind} was not told: its delivery is ${state ?? 'missing'}`);
  for (const { id } of incidents) {
    const last = cards.findLast(({ card }) => card.subject === id)?.card;
    const wanted = incidentCard(await incidentView(db, id), { now: systemClock.now(), timeZone: TIME_ZONE });
    if (!last) wrong.push(`incident ${id} was never told`);
    else if (said(last, wanted) !== said(wanted, wanted) || last.level !== wanted.level || last.buttons.length !== wanted.buttons.length) wrong.push(`the last card of an incident says “${last.title}” instead of “${wanted.title}”`);
  }
  return [...wrong, ...launches.filter(({ id }) => !cards.some(({ card }) => card.subject === id)).map(({ id }) => `launch ${id} was never told`)];
}

/** What is over has its last title. What is open is titled anew with each reading, and told when it becomes another problem. */
function said(card: Card, wanted: Card): string {
  return wanted.level === 'good' ? card.title : (card.title.split(':')[0] ?? '');
}
