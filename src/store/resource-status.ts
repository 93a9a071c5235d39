import { appVerdict } from '../domain/app-verdict.js';
import type { HostId } from '../domain/ids.js';
import type { ResourceStatus } from '../domain/resource-status.js';
import { checksNow } from './app-status.js';
import { openIncidents } from './incidents.js';
import { openQuestions } from './questions.js';
import { listResources } from './resources.js';
import type { Db } from './schema.js';
import { since } from './since.js';

/** How everything is that is no app, by name. */
export async function resourceStatuses(db: Db, hostId: HostId, now: number): Promise<readonly ResourceStatus[]> {
  const resources = (await listResources(db, hostId)).filter(({ kind }) => kind !== 'app');
  const open = await openIncidents(db, hostId);
  const questions = await openQuestions(db, hostId);
  return Promise.all(resources.map(async (resource) => {
    const incidents = await Promise.all(open.filter(({ resourceId }) => resourceId === resource.id).map((incident) => since(db, incident)));
    const checks = (await checksNow(db, resource)).map(({ check, newest }) => ({ check, newest, dueEveryMs: check.everyMs }));
    if (resource.kind === 'alerts' && incidents.length === 0) return { resource, incidents, verdict: 'good', why: 'no alert fires', question: null };
    const question = questions.find(({ appId }) => appId === resource.id);
    return { resource, incidents, ...appVerdict({ incidents, checks }, now), question: question ? { id: question.id, expiresAt: question.expiresAt } : null };
  }));
}
