import * as z from 'zod';
import { wholeNumber } from './fields.js';
import { mustBe } from './issue-text.js';

/** One person: each account is the platform's own id, because display names can be taken by anybody. */
export function personSchema() {
  return z.strictObject({
    name: z.string().trim().min(1).max(80),
    role: z.enum(['viewer', 'operator', 'approver']).describe('viewer: sees; operator: also asks for repairs; approver: also answers questions'),
    terminal: z.string().regex(/^[^\s:/]{1,64}$/, { error: 'must be the name of a user of this machine' }).optional(),
    slack: z.string().regex(/^[UW][A-Z0-9]{2,20}$/, { error: 'must be a member ID like U012AB3CD (in Slack: profile, ⋮, Copy member ID)' }).optional(),
    telegram: telegramId().optional(),
  });
}

function telegramId() {
  const text = z.string().regex(/^[1-9]\d{0,15}$/, { error: 'must be a numeric user id, not an @name' });
  return z.union([wholeNumber(1, Number.MAX_SAFE_INTEGER).transform(String), text], { error: mustBe('a numeric user id') });
}
