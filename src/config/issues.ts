import type * as z from 'zod';
import { unknownKeyText } from './issue-text.js';
import type { Path } from './mistake.js';

/** One thing wrong at one path. `onKey`: the key itself is meant, not its value. */
export interface Complaint {
  readonly path: Path;
  readonly message: string;
  readonly onKey: boolean;
  /** Characters into the value, where a part of it is meant. */
  readonly offset?: number;
}

/** What stands at the top of the policies that many teams have already, and of nothing but a policy. */
const OF_POLICY: ReadonlySet<string> = new Set(['drift_remediation', 'health_remediation', 'cost_optimization', 'rules', 'allow', 'deny', 'dry_run', 'restarts', 'remediations', 'rollbacks_per_24h', 'expiry']);

/** zod's nested issues as a flat list: one per unknown key, and of a union only what the fitting form complains of. */
export function flatIssues(issues: readonly z.core.$ZodIssue[], base: Path = []): readonly Complaint[] {
  return issues.flatMap((issue) => flatIssue(issue, [...base, ...(issue.path as (string | number)[])]));
}

function flatIssue(issue: z.core.$ZodIssue, path: Path): readonly Complaint[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: path.length === 0 && OF_POLICY.has(key) ? 'belongs below “policy”: indent it there, as it is' : unknownKeyText(key, issue.message), onKey: true }));
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? issue.message, onKey: true }];
    case 'invalid_union': {
      const meant = meantForm(issue.errors);
      return meant === null ? [{ path, message: issue.message, onKey: false }] : flatIssues(meant, path);
    }
    default:
      return [{ path, message: issue.message, onKey: false, ...offsetOf(issue) }];
  }
}

function offsetOf(issue: z.core.$ZodIssue): { readonly offset?: number } {
  const offset: unknown = issue.code === 'custom' ? issue.params?.['offset'] : undefined;
  return typeof offset === 'number' ? { offset } : {};
}

/** The form that was meant: one whose type fits what was written, with the fewest complaints. Null: none fits. */
function meantForm(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null {
  const fitting = forms.filter((issues) => !issues.some(isOfAnotherType));
  return [...fitting].sort((a, b) => a.length - b.length)[0] ?? null;
}

function isOfAnotherType(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || (issue.code === 'invalid_union' && meantForm(issue.errors) === null);
}
