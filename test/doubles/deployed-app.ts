/** The released shop with the git repository it is deployed from, and `release.deploy` prepared for it. */
import type { Prepared } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { deployArgs, releaseDeploy, type DeployArgs } from '../../monitoring/repairs/release-deploy.js';
import type { RepairTarget, Step } from '../../monitoring/repairs/repair.js';

export function wish(fields: Partial<DeployArgs> & Pick<DeployArgs, 'ref'>): DeployArgs {
  return deployArgs.parse(fields);
}

export async function prepareDeploy(target: RepairTarget, args: DeployArgs, io: Io): Promise<{ readonly prepared: Prepared; readonly steps: readonly Step[] }> {
  const prepared = await releaseDeploy.prepare(target, args, io, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  return { prepared, steps: releaseDeploy.steps(target, args, prepared) };
}

export async function deployRefusal(target: RepairTarget, args: DeployArgs, io: Io): Promise<string> {
  const prepared = await releaseDeploy.prepare(target, args, io, new AbortController().signal);
  return 'refused' in prepared ? prepared.refused : 'was not refused';
}
