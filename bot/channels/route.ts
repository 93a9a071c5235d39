import { z } from 'zod';
import type { Card } from '../../src/cards/card.js';
import { worse, type Severity } from '../../src/domain/finding.js';
import { fits } from '../../src/domain/glob.js';
import type { Channel } from './channel.js';

/** Which cards a channel gets. The keys stand beside each channel's own in hypercare.yaml. */
export interface Route {
  /** Cards below this are not posted unless they ask something; 'info' posts all. */
  readonly level: Severity;
  /** Names of apps, with `*`; absent: all. What is about no app alone, as the host or a server, is told everywhere. */
  readonly apps?: readonly string[] | undefined;
}

const MOST_APPS = 100;

export const routeKeys = {
  level: z.enum(['info', 'warning', 'critical']).default('info'),
  apps: z.array(z.string().min(1).max(200)).min(1).max(MOST_APPS).optional(),
};

/** The two keys among a channel's checked options. */
export function routeOf(options: unknown): Route {
  return z.object(routeKeys).parse(options ?? {});
}

/** The channel with what its route leaves out taken as delivered. What was posted once is followed to its end, so that a recovery reaches the alarm it belongs to. */
export function routed(channel: Channel, route: Route): Channel {
  return {
    ...channel,
    deliver: async (card, key, previous, said) => ((previous ?? null) === null && !takes(route, card) ? null : channel.deliver(card, key, previous, said)),
  };
}

export function takes({ level, apps }: Route, card: Card): boolean {
  const severity = card.level === 'good' ? 'info' : card.level;
  const loud = card.buttons.length > 0 || worse(severity, level) === severity;
  return loud && (apps === undefined || meant(apps, card.about?.apps ?? []));
}

function meant(wanted: readonly string[], apps: readonly string[]): boolean {
  // A hold may name apps by a pattern as well.
  return apps.length === 0 || apps.some((app) => wanted.some((pattern) => fits(pattern, app) || fits(app, pattern)));
}

/** 'everything', 'what is critical, and what asks, of shop and blog-*'. */
export function sayRoute({ level, apps }: Route): string {
  const least = level === 'info' ? 'everything' : level === 'warning' ? 'warnings, what is critical, and what asks' : 'what is critical, and what asks';
  if (apps === undefined) return least;
  const listed = apps.length === 1 ? apps[0] : `${apps.slice(0, -1).join(', ')} and ${apps.at(-1)}`;
  return `${least}, of ${listed} and of the host`;
}
