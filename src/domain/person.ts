import type { PersonId } from './ids.js';

/** viewer: sees · operator: also asks for repairs and launches · approver: also answers questions. */
export type Role = 'viewer' | 'operator' | 'approver';
/** `api`: who sends a token with each request; the account's id is the token's hash. `web`: who was let into the dashboard, and has no account for that. */
export type Platform = 'slack' | 'telegram' | 'terminal' | 'api' | 'web';

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly role: Role;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, approver: 2 };

export function mayActAs(person: Pick<Person, 'role'>, role: Role): boolean {
  return RANK[person.role] >= RANK[role];
}
