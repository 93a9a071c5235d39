import { h, type ComponentChild } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Button } from '../../src/cards/card.js';

interface Props {
  readonly button: Button & { readonly confirm: NonNullable<Button['confirm']> };
  decided(yes: boolean): void;
}

/** The second question before what disrupts. The browser keeps the keyboard inside; Escape is a no. */
export function Confirm({ button: { confirm, style }, decided }: Props): ComponentChild {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return h('dialog', { ref: dialog, 'aria-labelledby': 'confirm-title', onClose: () => decided(dialog.current?.returnValue === 'yes') }, h('form', { method: 'dialog' }, [
    h('h2', { id: 'confirm-title' }, confirm.title),
    h('p', {}, confirm.text),
    h('div', { class: 'buttons' }, [h('button', { class: 'plain', value: 'no', autofocus: true }, confirm.no), h('button', { class: style, value: 'yes' }, confirm.yes)]),
  ]));
}
