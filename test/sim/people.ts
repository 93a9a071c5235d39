/** Who can be played, and what each of them may do. */
import { person, type User } from '../doubles/telegram.js';
import { ANN, BOB, EVE, MALLORY, VERA } from '../scenarios/town.js';
import type { PersonShown } from './shown.js';

export const IN_SLACK: readonly PersonShown[] = [
  { id: BOB, name: 'Bob', role: 'approver' },
  { id: VERA, name: 'Vera', role: 'viewer' },
  { id: EVE, name: 'Eve', role: 'a stranger' },
];

export const IN_TELEGRAM: readonly PersonShown[] = [
  { id: String(ANN.id), name: 'Ann', role: 'approver' },
  { id: String(MALLORY.id), name: 'Mallory', role: 'a stranger' },
];

export function telegramUser(id: string): User {
  const known = IN_TELEGRAM.find((one) => one.id === id);
  if (!known) throw new Error(`nobody here has the account ${id}`);
  return person(Number(id), known.name.toLowerCase());
}
