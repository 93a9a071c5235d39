import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import type { Resource } from '../domain/resource.js';
import { listResources } from '../store/resources.js';
import type { Context } from './command.js';

const MOST_LISTED = 20;

/** The watched app of this name; the case does not count where that leaves one. */
export async function findApp(ctx: Pick<Context, 'store' | 'hostId'>, name: string): Promise<Resource> {
  const apps = (await listResources(ctx.store.db, ctx.hostId)).filter(({ kind }) => kind === 'app');
  const exact = apps.find((app) => app.name === name);
  const loose = apps.filter((app) => app.name.toLowerCase() === name.toLowerCase());
  const found = exact ?? (loose.length === 1 ? loose[0] : undefined);
  if (found) return found;
  const names = apps.map((app) => app.name);
  const near = nearestWord(name, names);
  const watched = names.length === 0 ? 'No app is watched yet.' : `Watched are: ${names.slice(0, MOST_LISTED).join(', ')}.`;
  throw new HypercareError('app.unknown', 'invalid', `there is no app “${name}” here`, `${near === null ? '' : `Did you mean “${near}”? `}${watched}`);
}
