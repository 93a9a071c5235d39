import type { Event } from '../domain/event.js';
import type { Json } from '../domain/json.js';
import { checkLabel } from '../domain/series.js';
import { aboutHost } from './about.js';
import type { Card, ToldCard } from './card.js';
import { noteCard } from './note-card.js';
import { sayClock, type Reader } from './say-time.js';

/** What happened to the watch itself on one host; the newest event is what holds. */
export function hostCard(host: string, events: readonly Event[], subject: string, reader: Reader): ToldCard {
  return { ...drawHost(host, events, subject, reader), about: aboutHost(events.at(-1)?.kind ?? 'unknown') };
}

function drawHost(host: string, events: readonly Event[], subject: string, reader: Reader): Card {
  const newest = events.at(-1);
  const at = sayClock(newest?.at ?? reader.now, reader);
  switch (newest?.kind) {
    case 'monitor.pm2_lost':
      return noteCard({ subject, level: 'critical', title: `${host}: PM2's daemon is dead; its apps are down or run unwatched`, body: [`It stopped answering at ${at}. Nothing is repaired until it is back.`, 'On the host: pm2 resurrect brings back what the last pm2 save kept; where nothing was saved, pm2 start with their own files.'] });
    case 'monitor.pm2_back':
      return noteCard({ subject, level: 'good', title: `${host}: PM2's daemon answers again`, body: [`Since ${at}. Check that every app is back: pm2 status.`] });
    case 'monitor.blind':
      return noteCard({ subject, level: 'warning', title: `${host}: ${[...new Set(unmeasuredIn(newest.body).map(({ resource }) => resource))].join(', ')} cannot be measured for more than half an hour`, body: [unmeasuredIn(newest.body).map(({ resource, check, note }) => `${resource}, ${checkLabel(check)}: ${note ?? 'no reason is known'}`).join('\n'), 'Nothing is known to be wrong there, and nothing is repaired meanwhile. Look at the addresses in hypercare.yaml, and at name resolution and network of the host.'] });
    case 'monitor.sees':
      return noteCard({ subject, level: 'good', title: `${host}: everything can be measured again`, body: [`Since ${at}.`] });
    case 'bot.restarted':
      return noteCard({ subject, level: 'warning', title: `${host}: the bot fell silent and was restarted`, body: [`At ${at}, by the monitor. What happened meanwhile follows.`] });
    case 'store.full':
      return noteCard({ subject, level: 'critical', title: `${host}: the disk of hypercare's store is full`, body: [`Since ${at}. It set its reserve free and still writes, but not for long.`, 'Make room on the host: df -h, then pm2 flush or old files.'] });
    case 'store.room':
      return noteCard({ subject, level: 'good', title: `${host}: the disk of hypercare's store has room again`, body: [`Since ${at}; its reserve is back.`] });
    default:
      return noteCard({ subject, level: 'info', title: `${host}: ${newest?.kind ?? 'nothing happened'}`, body: [`At ${at}.`] });
  }
}

/** The checks that could not be made, as the monitor's event has them. */
function unmeasuredIn(body: Json): readonly { readonly resource: string; readonly check: string; readonly note: string | null }[] {
  return (body as { readonly checks?: ReturnType<typeof unmeasuredIn> }).checks ?? [];
}
