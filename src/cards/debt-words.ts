import { sayRestarts, type Debt } from '../domain/debt.js';

/** '11 restarts (9 by PM2 itself, 2 × pm2.kill)'. */
export function sayDebt(debt: Debt): string {
  const by = debt.by.map(({ what, times }) => (what === 'PM2' ? `${times} by PM2 itself` : `${times} × ${what}`));
  return `${sayRestarts(debt)} (${by.join(', ')})`;
}
