import { z, type ZodType } from 'zod';

interface Told {
  readonly type?: string;
  readonly enum?: readonly unknown[];
}

/** What a repair may be told, as `--with` takes it: 'table=…', and in brackets what may be left out: '[pid=N]', '[reload=yes|no]'. */
export function argWords(args: ZodType): readonly string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' }) as { readonly properties?: Readonly<Record<string, Told>>; readonly required?: readonly string[] };
  return Object.entries(properties).map(([name, told]) => {
    const word = `${name}=${valueOf(told)}`;
    return required.includes(name) ? word : `[${word}]`;
  });
}

function valueOf({ type, enum: choices }: Told): string {
  if (choices !== undefined) return choices.join('|');
  return type === 'integer' || type === 'number' ? 'N' : '…';
}
