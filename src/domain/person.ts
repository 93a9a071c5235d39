import type { PersonId } from './ids.js';

/** viewer: sees · operator: also asks for repairs and launches · approver: also answers questions. */
export type Role = 'viewer' | 'operator' | 'approver';
/** `api`: who sends a token with each request; the account's id is the token's hash. `web`: who was let into the dashboard, and has no account for that. */
export type Platform = 'slack' | 'telegram' | 'terminal' | 'api' | 'web';

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly role: Role;
  /** Absent: one person. True: a user group of Slack, of whose members nobody knows which people they are besides. */
  readonly group?: true;
}

/** Slack's ids of user groups begin with S, and no member's does. */
export function isGroupAccount({ platform, userId }: { readonly platform: Platform; readonly userId: string }): boolean {
  return platform === 'slack' && userId.startsWith('S');
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, approver: 2 };

export function mayActAs(person: Pick<Person, 'role'>, role: Role): boolean {
  return RANK[person.role] >= RANK[role];
}
