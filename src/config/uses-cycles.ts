import type { AppFacts } from './facts.js';
import type { Complaint } from './issues.js';

/** An app is left alone while what it uses is down: apps that use each other in a circle would all wait for each other. */
export function usesCycles(apps: readonly AppFacts[]): readonly Complaint[] {
  const byName = new Map(apps.map((app) => [app.name, app]));
  const done = new Set<string>();
  const found: Complaint[] = [];
  function walk(app: AppFacts, before: readonly string[]): void {
    if (done.has(app.name)) return;
    const trail = [...before, app.name];
    for (const [index, name] of app.uses.entries()) {
      const next = name === undefined ? undefined : byName.get(name);
      if (next === undefined || next === app) continue; // What is no other app is told elsewhere.
      const from = trail.indexOf(next.name);
      if (from === -1) walk(next, trail);
      else found.push({ path: [...app.path, 'uses', index], message: `closes a circle (${[...trail.slice(from), next.name].join(' → ')}): while one is down, none of them would be repaired; take one \`uses\` out`, onKey: false });
    }
    done.add(app.name);
  }
  for (const app of apps) walk(app, []);
  return found;
}
