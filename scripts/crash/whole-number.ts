import { HypercareError } from '../../src/domain/errors.js';

/** An option's value; `example` shows how the program is called. */
export function wholeNumber(name: string, text: string, most: number, example: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new HypercareError('usage', 'invalid', `--${name} takes a whole number up to ${most}, not “${text}”`, `For example: ${example}`);
}
