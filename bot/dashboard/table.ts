import { h, type ComponentChild, type ComponentChildren } from 'preact';

export type Row = readonly ComponentChildren[];

/** A table that scrolls by itself where the screen is narrow; `about` names it for who does not see it. */
export function Table({ about, heads, rows, none = 'None.' }: { readonly about: string; readonly heads: readonly string[]; readonly rows: readonly Row[]; readonly none?: string }): ComponentChild {
  if (rows.length === 0) return h('p', { class: 'soft' }, none);
  return h('div', { class: 'wide', tabIndex: 0, role: 'region', 'aria-label': about }, h('table', {}, [
    h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell))))),
  ]));
}
