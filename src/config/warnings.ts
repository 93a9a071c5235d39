import { fits } from '../domain/glob.js';
import { DEFAULT_TIERS, windowMs } from '../domain/tiers.js';
import type { Complaint } from './issues.js';
import type { ConfigFile } from './schema.js';


/** What is allowed, and most likely not what was meant. */
export function warningsOf(file: ConfigFile): readonly Complaint[] {
  return [...unwatched(file), ...unanswerable(file), ...shortMemory(file), ...untold(file)];
}

function unwatched(file: ConfigFile): readonly Complaint[] {
  const apps = Object.values(file.apps);
  if (apps.length === 0) return [{ path: ['apps'], message: 'no app is watched', onKey: true }];
  const used = new Set(apps.flatMap((app) => app.uses));
  return Object.keys(file.dependencies).filter((name) => !used.has(name))
    .map((name) => ({ path: ['dependencies', name], message: 'no app `uses` it, so its trouble holds no repair back', onKey: true }));
}

/**
 * A question that nobody may answer expires, and nothing is done. Where nobody is named for the terminal, whom hypercare
 * runs as is an approver there.
 */
function unanswerable(file: ConfigFile): readonly Complaint[] {
  const unnamed = file.people.every((person) => person.terminal === undefined) ? 1 : 0;
  const approvers = file.people.filter((person) => person.role === 'approver').length + unnamed;
  const operators = file.people.filter((person) => person.role !== 'viewer').length + unnamed;
  const { policy } = file;
  const byDefault = policy.default === 'ask' && approvers === 0 ? [{ path: ['policy', 'default'], message: nobody('approver'), onKey: false }] : [];
  const byRule = policy.rules.flatMap((rule, index) => {
    const able = rule.role === 'operator' ? operators : approvers;
    if (rule.rung !== 'ask' || rule.approvers <= able) return [];
    const message = able === 0 ? nobody(rule.role) : `asks ${rule.approvers} people, and ${able} ${able === 1 ? `is an ${rule.role}` : `are ${rule.role}s`}${unnamed ? ', with the user that hypercare runs as' : ''}`;
    return [{ path: ['policy', 'rules', index], message, onKey: false }];
  });
  return [...byDefault, ...byRule];
}

function nobody(role: string): string {
  return `asks, and nobody in \`people\` is an ${role}`;
}

function shortMemory(file: ConfigFile): readonly Complaint[] {
  const watched = file.watch.tiers?.at(-1)?.until ?? windowMs(DEFAULT_TIERS);
  if (file.keep.raw >= watched) return [];
  return [{ path: ['keep', 'raw'], message: 'is shorter than a launch is watched: its first samples are gone before it ends', onKey: false }];
}

/** Where each channel names its apps, one may be named by none. */
function untold(file: ConfigFile): readonly Complaint[] {
  const routes = Object.values(file.channels ?? {}).flatMap((options) => (options === undefined ? [] : [(options as { readonly apps?: readonly string[] }).apps]));
  if (routes.length === 0 || routes.some((apps) => apps === undefined)) return [];
  return Object.keys(file.apps).filter((name) => !routes.flat().some((pattern) => pattern !== undefined && fits(pattern, name)))
    .map((name) => ({ path: ['apps', name], message: 'is named by no channel’s `apps`: nobody is told of it', onKey: true }));
}
