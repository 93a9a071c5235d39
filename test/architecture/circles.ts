import type { Source } from './sources.js';

/** Files that import each other, in however many steps: each circle once, by the names of its files. */
export function circlesIn(sources: readonly Source[]): readonly (readonly string[])[] {
  const imports = new Map(sources.map(({ path, imports: all }) => [path, all.filter(({ ours }) => ours).map(({ to }) => to)]));
  const reached = new Map([...imports.keys()].map((path) => [path, reachedFrom(path, imports)]));
  const circles = [...reached].map(([path, from]) => [...from].filter((other) => reached.get(other)?.has(path)).sort());
  return circles.filter((files, index) => files.length > 0 && circles.findIndex((same) => same.join() === files.join()) === index);
}

function reachedFrom(path: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const ahead = [path];
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    for (const to of imports.get(at) ?? []) {
      if (!reached.has(to)) ahead.push(to);
      reached.add(to);
    }
  }
  return reached;
}
