import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/io/package-root.js';

/** The names that .env.example shows, whether set or behind a '#'. */
export function namesInEnvExample(): readonly string[] {
  const text = readFileSync(join(packageRoot(), '.env.example'), 'utf8');
  return [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name as string);
}
