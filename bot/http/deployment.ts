import type { Context } from '../../src/commands/command.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { LaunchId } from '../../src/domain/ids.js';
import { releasesNamed } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { deploymentOf } from '../../src/store/deployments.js';
import { launchNumbered } from '../../src/store/launches.js';
import { ledgerOf } from '../../src/store/releases.js';
import { listResources } from '../../src/store/resources.js';

type Where = Pick<Context, 'store' | 'hostId'>;

/** The app that a deployment's id stands for: as it was registered, an app's name, a launch's id, or a release of the ledger. */
export async function appOf(ctx: Where, id: string): Promise<Resource> {
  const apps = await appsOf(ctx);
  const registered = await deploymentOf(ctx.store.db, ctx.hostId, id);
  const launch = await launchNumbered(ctx.store.db, id as LaunchId);
  const found = apps.find((app) => app.id === registered?.appId) ?? apps.find(({ name }) => name === id) ?? apps.find((app) => app.id === launch?.appId) ?? (await releasedAs(ctx, apps, id));
  if (found) return found;
  throw new HypercareError('deployment.unknown', 'invalid', `no deployment “${id.slice(0, 60)}” is known`, `Register it first (POST /api/monitoring/register), or name an app: ${named(apps)}.`);
}

/** What a registration means: an app named by the deployment or by its blueprint; where one app alone is watched, that one. */
export async function appToRegister(ctx: Where, { deploymentId, blueprintId }: { readonly deploymentId: string; readonly blueprintId?: string | undefined }): Promise<Resource> {
  const apps = await appsOf(ctx);
  const found = apps.find(({ name }) => name === deploymentId) ?? apps.find(({ name }) => name === blueprintId) ?? (apps.length === 1 ? apps[0] : undefined);
  if (found) return found;
  throw new HypercareError('deployment.unknown', 'invalid', 'neither deploymentId nor blueprintId is the name of a watched app', `Watched are: ${named(apps)}. Apps are added in hypercare.yaml.`);
}

async function releasedAs(ctx: Where, apps: readonly Resource[], id: string): Promise<Resource | undefined> {
  for (const app of apps) if (releasesNamed(await ledgerOf(ctx.store.db, app.id), id).length > 0) return app;
  return undefined;
}

async function appsOf({ store, hostId }: Where): Promise<readonly Resource[]> {
  return (await listResources(store.db, hostId)).filter(({ kind }) => kind === 'app');
}

function named(apps: readonly Resource[]): string {
  return apps.length === 0 ? 'none yet' : apps.slice(0, 20).map(({ name }) => name).join(', ');
}
