import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import { ofKind, type Resource } from '../domain/resource.js';
import { listResources } from '../store/resources.js';
import type { Context } from './command.js';

const MOST_LISTED = 20;

type Where = Pick<Context, 'store' | 'hostId'>;

/** The watched app of this name; the case does not count where that leaves one. */
export async function findApp(ctx: Where, name: string): Promise<Resource> {
  const all = await listResources(ctx.store.db, ctx.hostId);
  const apps = all.filter(({ kind }) => kind === 'app');
  const found = named(apps, name);
  if (found) return found;
  const other = named(all, name);
  if (other) throw new HypercareError('app.unknown', 'invalid', `“${other.name}” is ${ofKind(other.kind)}, and this is for apps`, watched(apps));
  throw unknown('app', name, apps);
}

/** Whatever of this name can be repaired: an app, a server or the host. */
export async function findTarget(ctx: Where, name: string): Promise<Resource> {
  const targets = (await listResources(ctx.store.db, ctx.hostId)).filter(({ kind }) => kind !== 'dependency');
  const found = named(targets, name);
  if (found) return found;
  throw unknown('target', name, targets);
}

function named(all: readonly Resource[], name: string): Resource | undefined {
  const loose = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  return all.find((one) => one.name === name) ?? (loose.length === 1 ? loose[0] : undefined);
}

function unknown(what: 'app' | 'target', name: string, all: readonly Resource[]): HypercareError {
  const near = nearestWord(name, all.map((one) => one.name));
  return new HypercareError('app.unknown', 'invalid', what === 'app' ? `there is no app “${name}” here` : `nothing here is called “${name}”`, `${near === null ? '' : `Did you mean “${near}”? `}${watched(all)}`);
}

function watched(all: readonly Resource[]): string {
  return all.length === 0 ? 'No app is watched yet.' : `Watched are: ${all.slice(0, MOST_LISTED).map((one) => one.name).join(', ')}.`;
}
