import * as z from 'zod';
import { oneOrMany, wholeNumber } from './fields.js';
import { mustBe } from './issue-text.js';

const MAX_TOKENS = 20;

/** One person: each account is the platform's own id, because display names can be taken by anybody. */
export function personSchema() {
  return z.strictObject({
    name: z.string().trim().min(1).max(80),
    role: z.enum(['viewer', 'operator', 'approver']).describe('viewer: sees; operator: also asks for repairs; approver: also answers questions'),
    terminal: z.string().regex(/^[^\s:/]{1,64}$/, { error: 'must be the name of a user of this machine' }).optional(),
    slack: z.string().regex(/^[UWS][A-Z0-9]{2,20}$/, { error: 'must be a member ID like U012AB3CD (in Slack: profile, ⋮, Copy member ID), or the ID of a user group like S012AB3CD' }).optional()
      .describe('A member ID, or the ID of a user group: then whoever is in it has the role, and all of them count as one person'),
    telegram: telegramId().optional(),
    api: oneOrMany(tokenHash(), MAX_TOKENS).optional().describe('What `hypercare token` prints of a token for the HTTP API; several where several programs speak for the person'),
  });
}

function telegramId() {
  const text = z.string().regex(/^[1-9]\d{0,15}$/, { error: 'must be a numeric user id, not an @name' });
  return z.union([wholeNumber(1, Number.MAX_SAFE_INTEGER).transform(String), text], { error: mustBe('a numeric user id') });
}

/** Of a token only its hash is kept: who reads the file cannot speak for the person. */
function tokenHash() {
  return z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be the 64 hex digits that “hypercare token” prints, and never the token itself' });
}
