import { sayDuration } from '../domain/duration.js';

/** How times are shown: what is stored is UTC, what is read is in the reader's zone. */
export interface Reader {
  readonly now: number;
  /** IANA name; one that is unknown here is read as UTC. */
  readonly timeZone: string;
}

/** '03:12 UTC', or '20 Nov 03:12 UTC' where that is another day than the reader's today. */
export function sayClock(at: number, reader: Reader): string {
  const zone = knownZone(reader.timeZone);
  const day = dayOf(at, zone);
  const clock = `${part(at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })} ${zoneName(at, zone)}`;
  return day === dayOf(reader.now, zone) ? clock : `${day} ${clock}`;
}

/** '03:12:05', or '20 Nov 03:12:05' on another day, for lists of moments whose zone was said before. */
export function sayMoment(at: number, reader: Reader): string {
  const zone = knownZone(reader.timeZone);
  const time = part(at, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  return dayOf(at, zone) === dayOf(reader.now, zone) ? time : `${dayOf(at, zone)} ${time}`;
}

/** '03:12 UTC, 4 min ago'; what is younger than a second is 'just now'. */
export function sayAgo(at: number, reader: Reader): string {
  const ago = reader.now - at;
  return `${sayClock(at, reader)}, ${ago < 1_000 ? 'just now' : `${sayDuration(ago)} ago`}`;
}

/** 'from 03:12 UTC to 03:16 UTC', or 'at 03:12 UTC' where it was over within the minute. */
export function sayFromTo(from: number, to: number, reader: Reader): string {
  const [began, ended] = [sayClock(from, reader), sayClock(to, reader)];
  return began === ended ? `at ${began}` : `from ${began} to ${ended}`;
}

/** '03:27 UTC, in 15 min'; what is due by now is 'due now'. */
export function sayIn(at: number, reader: Reader): string {
  return at <= reader.now ? `${sayClock(at, reader)}, due now` : `${sayClock(at, reader)}, in ${sayDuration(at - reader.now)}`;
}

function dayOf(at: number, zone: string): string {
  return part(at, zone, { day: 'numeric', month: 'short' });
}

function part(at: number, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(at);
}

/** 'CET' or 'EST' where English has a name for it, else 'GMT+5:30'; each variety of English knows its own zones alone. */
function zoneName(at: number, timeZone: string): string {
  const names = ['en-GB', 'en-US', 'en-AU'].map((locale) => {
    const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(at);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
  });
  return names.find((name) => !/^GMT[+-]/.test(name)) ?? names[0] ?? 'UTC';
}

function knownZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return timeZone;
  } catch {
    return 'UTC';
  }
}
