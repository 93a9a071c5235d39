import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The directory with `current` and `releases/` that an app's working directory lies in; null where it lies in none. PM2
 * keeps the directory an app was started with: through the link, or what the link stood for then.
 */
export async function releasesBase(cwd: string): Promise<string | null> {
  for (const path of [cwd, await realpath(cwd).catch(() => cwd)]) {
    const parts = path.split('/');
    const at = Math.max(parts.lastIndexOf('current'), parts.lastIndexOf('releases'));
    if (at < 2) continue;
    const base = dirname(parts.slice(0, at + 1).join('/'));
    const [link, releases] = await Promise.all([realpath(join(base, 'current')).catch(() => null), stat(join(base, 'releases')).catch(() => null)]);
    if (releases?.isDirectory() && link?.startsWith(`${await realpath(join(base, 'releases'))}/`)) return base;
  }
  return null;
}
