import type { Decision } from '../domain/plan.js';
import { ROLLBACK } from './repair-words.js';

/** How policy's answer is said: 'done by itself', 'asked', 'not done'. */
export const VERDICT_WORDS: Readonly<Record<Decision['verdict'], string>> = { auto: 'done by itself', ask: 'asked', deny: 'not done' };

/** '2 rollbacks', '1 pm2.restart'. */
export function countRepairs(repair: string, count: number): string {
  if (repair !== ROLLBACK) return `${count} × ${repair}`;
  return count === 1 ? '1 rollback' : `${count} rollbacks`;
}
