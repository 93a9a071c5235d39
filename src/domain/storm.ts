import { EVERYTHING, namingApps } from './hold.js';
import type { ResourceId } from './ids.js';
import { neededBy, type Edge, type Resource } from './resource.js';

/** Half of the watched apps, and at least three: of two apps one that is bad is no storm. */
const SHARE = 0.5;
const LEAST = 3;

export interface Storm {
  readonly key: string;
  readonly scope: string;
  readonly reason: string;
  /** Names of those that are bad, or that need what is bad. */
  readonly apps: readonly string[];
}

export interface Weather {
  readonly resources: readonly Pick<Resource, 'id' | 'name' | 'kind'>[];
  readonly edges: readonly Edge[];
  /** Titles of the open incidents, by where their cause is. */
  readonly bad: ReadonlyMap<ResourceId, string>;
}

/** The key of the storm over the apps that need this. */
export function stormBelow(name: string): string {
  return `storm:${name}`;
}

/**
 * Many apps bad at once, or something that apps declared they need: then restarting apps one by one mends nothing and
 * makes it worse. A bad dependency holds the apps that need it, and no other.
 */
export function storms({ resources, edges, bad }: Weather): readonly Storm[] {
  const apps = resources.filter(({ kind }) => kind === 'app');
  const badApps = apps.filter(({ id }) => bad.has(id)).map(({ name }) => name);
  const many = badApps.length >= LEAST && badApps.length >= apps.length * SHARE;
  const all: Storm = { key: 'storm:apps', scope: EVERYTHING, reason: namingApps(`${badApps.length} of ${apps.length} apps fell sick at once`, badApps), apps: badApps };
  const below = resources.filter(({ id, kind }) => kind !== 'app' && bad.has(id)).flatMap((cause): readonly Storm[] => {
    const users = apps.filter((app) => neededBy(app.id, edges).includes(cause.id)).map(({ name }) => name);
    return users.length === 0 ? [] : [{ key: stormBelow(cause.name), scope: users.join(','), reason: `${cause.name} is bad, which ${users.length === 1 ? 'it needs' : 'they need'}: ${bad.get(cause.id)}`, apps: users }];
  });
  return [...(many ? [all] : []), ...below];
}
