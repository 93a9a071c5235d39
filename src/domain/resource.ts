import type { HostId, ResourceId } from './ids.js';
import type { Json } from './json.js';

/** dependency: an address that apps need and nobody here can mend; job: what pings when it ran; alerts: what fires elsewhere; neither is ours to repair; the others have repairs of their own. */
export type ResourceKind = 'app' | 'dependency' | 'job' | 'alerts' | 'redis' | 'postgres' | 'host';

/** A thing that is watched or acted upon. */
export interface Resource {
  readonly id: ResourceId;
  readonly hostId: HostId;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly config: Json;
}

/** `resourceId` needs `usesId` to work. */
export interface Edge {
  readonly resourceId: ResourceId;
  readonly usesId: ResourceId;
}

/** Everything `start` needs, directly or through others. */
export function neededBy(start: ResourceId, edges: readonly Edge[]): readonly ResourceId[] {
  const needed = new Set<ResourceId>();
  for (let found = [start]; found.length > 0; ) {
    found = edges.filter(({ resourceId, usesId }) => found.includes(resourceId) && usesId !== start && !needed.has(usesId)).map(({ usesId }) => usesId);
    for (const id of found) needed.add(id);
  }
  return [...needed];
}

/** The deepest bad resource along `uses` edges from `start`, else `start` itself. Cycles end where they began. */
export function causeOf(start: ResourceId, edges: readonly Edge[], isBad: (id: ResourceId) => boolean): ResourceId {
  const seen = new Set<ResourceId>([start]);
  let cause = start;
  for (let moved = true; moved; ) {
    moved = false;
    for (const edge of edges) {
      if (edge.resourceId !== cause || seen.has(edge.usesId) || !isBad(edge.usesId)) continue;
      seen.add(edge.usesId);
      cause = edge.usesId;
      moved = true;
      break;
    }
  }
  return cause;
}

const KIND_WORDS: Readonly<Record<ResourceKind, string>> = { app: 'an app', dependency: 'a dependency', job: 'a job', alerts: 'where alerts from outside stand', redis: 'a Redis', postgres: 'a PostgreSQL', host: 'the host' };

/** The kind in a sentence: 'an app', 'a Redis'. */
export function ofKind(kind: ResourceKind): string {
  return KIND_WORDS[kind];
}
