import type { Result } from '../commands/command.js';

/** The help of `repair`, with what each repair may be told. */
export async function withTakes(result: Result): Promise<Result> {
  const [{ repairs }, { argWords }] = await Promise.all([import('../../monitoring/repairs/index.js'), import('../../monitoring/repairs/arg-words.js')]);
  const taking = Object.values(repairs).map(({ kind, args }) => ({ name: kind, value: argWords(args).join(' ') })).filter(({ value }) => value !== '').sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...result, card: result.card && { ...result.card, fields: [...result.card.fields, ...taking] } };
}
