import type * as z from 'zod';
import { issueText } from './issue-text.js';
import { flatIssues } from './issues.js';
import { drawPath } from './mistake.js';

const MOST_SAID = 3;

/** Why a value does not fit a schema, in the words in which the mistakes of hypercare.yaml are told; null: it fits. */
export function misfit(schema: z.ZodType, value: unknown): string | null {
  const read = schema.safeParse(value, { error: issueText });
  if (read.success) return null;
  return flatIssues(read.error.issues).slice(0, MOST_SAID).map(({ path, message }) => said(drawPath(path), message)).join('; ');
}

/** Some messages go on from the name, and some say it themselves. */
function said(name: string, message: string): string {
  if (name === '' || message.startsWith(`${name} `)) return message;
  return /^(must|is|takes) /.test(message) ? `${name} ${message}` : `${name}: ${message}`;
}
