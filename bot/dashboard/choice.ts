import { h, type ComponentChild } from 'preact';

interface Props {
  readonly label: string;
  readonly value: string;
  /** Value and how it is said. */
  readonly options: readonly (readonly [string, string])[];
  choose(value: string): void;
}

export function Choice({ label, value, options, choose }: Props): ComponentChild {
  return h('label', {}, [label, h('select', { value, onChange: (event: Event) => choose((event.currentTarget as HTMLSelectElement).value) }, options.map(([one, said]) => h('option', { value: one }, said)))]);
}
