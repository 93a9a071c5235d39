import type { ChannelState } from '../domain/channel-state.js';
import { cutText } from './clean.js';
import { sayClock, type Reader } from './say-time.js';

const WHY_CHARS = 200;
const CALLED: Readonly<Record<string, string>> = { slack: 'Slack', slack_webhook: 'Slack’s webhook', telegram: 'Telegram', webhook: 'The webhook', discord: 'Discord', teams: 'Microsoft Teams', email: 'E-mail', application_insights: 'Application Insights' };
/** Standard output reaches nobody who is not looking. */
const CONSOLE = 'console';

/** A line for each channel in which people cannot be told, or not be heard, and what to do; none where all is well. */
export function reachLines(states: readonly ChannelState[], reader: Reader): readonly string[] {
  const names = [...new Set(states.map(({ name }) => name))].filter((name) => name !== CONSOLE);
  const troubles = names.flatMap((name) => troubleOf(states.filter((state) => state.name === name)) ?? []);
  const nobody = names.length > 0 && troubles.filter(({ reached }) => !reached).length === names.length;
  const printed = states.some(({ name, trouble }) => name === CONSOLE && trouble === null);
  return troubles.map(({ reached, name, since, why, mend }, index) => {
    const what = `${nameOf(name)}: not ${reached ? 'heard' : 'reached'} since ${sayClock(since, reader)}: ${cutText(why, WHY_CHARS).replace(/\.$/, '')}.${mend === null ? '' : ` ${mend}`}`;
    if (!nobody || index > 0) return what;
    return printed ? `Told in the log alone (pm2 logs hypercare-bot). ${what}` : `Nobody can be told. ${what}`;
  });
}

interface Trouble {
  readonly reached: boolean;
  readonly name: string;
  readonly since: number;
  readonly why: string;
  readonly mend: string | null;
}

/** A channel that does not even hear, and in which nothing was told yet, is not reached. */
function troubleOf(parts: readonly ChannelState[]): Trouble | null {
  const speaks = parts.find(({ part }) => part === 'speaks');
  const hears = parts.find(({ part }) => part === 'hears');
  const bad = [speaks, hears].find((one) => one !== undefined && one.trouble !== null);
  if (!bad?.trouble) return null;
  return { reached: bad === hears && speaks !== undefined, name: bad.name, since: bad.since, ...bad.trouble };
}

function nameOf(name: string): string {
  const kind = name.split(':')[0] ?? name;
  return CALLED[kind] ?? kind;
}
