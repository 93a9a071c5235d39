import type { ResourceKind } from './resource.js';

/** What health is made of. */
export const PARTS = ['compute', 'network', 'storage', 'database', 'security'] as const;
export type Part = (typeof PARTS)[number];

/** Where users stand: the addresses of an app, not what keeps its processes from running. */
const OF_ADDRESSES: readonly string[] = ['endpoint-failing', 'all-endpoints-failing', 'never-good', 'latency'];
const OF_STORAGE = /^host-(?:disk|inodes|logs)/;
const OF_SECURITY = /^(?:certificate|security|cve)/;

/** The part that an incident takes points from. */
export function partOfIncident(at: ResourceKind, kind: string): Part {
  if (OF_SECURITY.test(kind)) return 'security';
  if (at === 'redis' || at === 'postgres') return 'database';
  if (at === 'dependency') return 'network';
  if (at === 'host') return OF_STORAGE.test(kind) ? 'storage' : 'compute';
  return OF_ADDRESSES.includes(kind) ? 'network' : 'compute';
}

/** The parts of which a resource's own measuring tells something; those of an app hang on each check. */
export function partsOfResource(kind: Exclude<ResourceKind, 'app'>): readonly Part[] {
  const parts: Readonly<Record<typeof kind, readonly Part[]>> = { redis: ['database'], postgres: ['database'], dependency: ['network'], job: ['compute'], alerts: [], host: ['compute', 'storage'] };
  return parts[kind];
}

/** The part that an app's check tells of; null: which release runs is neither healthy nor sick. */
export function partOfCheck({ name, probe }: { readonly name: string; readonly probe: string }): Part | null {
  if (probe === 'release') return null;
  return probe === 'http' && name !== 'liveness' ? 'network' : 'compute';
}
