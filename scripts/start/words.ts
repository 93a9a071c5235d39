import { dirname, join } from 'node:path';
import type { AppLook, Seen } from './first-look.js';
import type { OwnProcess } from './own-processes.js';
import type { Place } from './place.js';

const VERDICTS: Readonly<Record<string, string>> = {
  good: 'well',
  bad: 'NOT WELL',
  unknown: 'not known yet',
  error: 'could not be measured',
};

/** What happened to monitor and bot, in one line. */
export function processWords(own: readonly OwnProcess[]): string {
  const named = (how: OwnProcess['how']): string => own.filter((one) => one.how === how).map((one) => `${one.name} (pid ${one.pid})`).join(' and ');
  if (own.every((one) => one.how === 'running')) return `Already running: ${named('running')}. Nothing was changed.`;
  const parts = [
    ['Started', named('started')],
    ['Started anew, with program and configuration as they are now:', named('renewed')],
    ['Already running:', named('running')],
  ].filter(([, names]) => names !== '');
  return parts.map(([what, names]) => `${what} ${names}.`).join(' ');
}

/** A command, and what it is good for. */
export type Try = readonly [command: string, why: string];

/** The first thing to try: one that works there. `wayBack`: an app that has a release to go back to. */
export function firstTry(shopUrl: string | null, wayBack: string | null): Try {
  if (shopUrl !== null) return [`curl -s ${shopUrl}/checkout`, 'be a customer of the shop'];
  if (wayBack !== null) return [`npx hypercare rollback ${wayBack} --plan`, 'see the way back, without going it'];
  return ['npx hypercare repairs', 'what could be done to an app, and how risky it is'];
}

/** The end of a start: what is watched, how it is, where to look, what to try. */
export function closingWords(place: Place, look: Seen, first: Try): string {
  return ['', ...watchedWords(look), '', ...placeWords(place), '', 'Three things to try:', ...tries(first), '', '`npm stop` ends what `npm start` started.'].join('\n');
}

/** Tokens set in the shell do not reach the bot; null when none is. */
export function strayWords(place: Place, strays: readonly string[]): string | null {
  if (strays.length === 0) return null;
  const file = join(dirname(place.config), '.env');
  return `Note: ${strays.join(', ')} ${strays.length === 1 ? 'is' : 'are'} set in this shell, which monitor and bot do not inherit. Write ${strays.length === 1 ? 'it' : 'them'} into ${file} (chmod 600).`;
}

function watchedWords(look: Seen): readonly string[] {
  const width = Math.max(...look.apps.map((app) => app.app.length));
  return [`hypercare watches ${look.apps.length === 1 ? 'one app' : `${look.apps.length} apps`}:`, ...look.apps.map((app) => `  ${app.app.padEnd(width)}  ${appWords(app)}`)];
}

function appWords(app: AppLook): string {
  const incidents = app.openIncidents === 0 ? '' : `, ${app.openIncidents} open incident${app.openIncidents === 1 ? '' : 's'}`;
  return `${VERDICTS[app.verdict] ?? app.verdict}${app.release ? `, release ${app.release}` : ''}${incidents}`;
}

function placeWords(place: Place): readonly string[] {
  const what = place.sample ? 'the bundled sample shop; to watch your own app, write a hypercare.yaml here' : 'yours';
  return ['Where to look:', `  configuration  ${place.config} (${what})`, '  now            npx hypercare status', '  as it happens  npx pm2 logs /hypercare/'];
}

function tries(first: Try): readonly string[] {
  const all: readonly Try[] = [
    first,
    ['npx hypercare demo hang --yes', 'break a second shop for real, and see it healed'],
    ['npx hypercare incidents', 'what went wrong, and what was done'],
  ];
  return all.map(([command, why], index) => `  ${index + 1}. ${command.padEnd(44)} ${why}`);
}
