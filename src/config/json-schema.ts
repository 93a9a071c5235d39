import * as z from 'zod';
import { configSchema } from './schema.js';
import type { Units } from './units.js';

/**
 * The schema of hypercare.yaml for editors, as text. Draft 7, because the YAML language server knows it best. It
 * describes what may be written; what only the checks across the file know stays with them.
 */
export function configJsonSchema(units: Units): string {
  const schema = z.toJSONSchema(configSchema(units), { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'hypercare.yaml', ...schema }, null, 2)}\n`;
}
