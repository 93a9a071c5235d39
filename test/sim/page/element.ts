type Child = Node | string | null;

/** An element with its children; text stays text. */
export function element<K extends keyof HTMLElementTagNameMap>(name: K, of: { readonly class?: string; readonly title?: string } = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (of.class) made.className = of.class;
  if (of.title) made.title = of.title;
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function button(label: string, style: string, press: () => void): HTMLButtonElement {
  const made = element('button', { class: style }, label);
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

/** Asks as a dialog of the platform does; true where the first answer was chosen. */
export function ask(words: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string | null; readonly style: string }): Promise<boolean> {
  return new Promise((done) => {
    const dialog = element('dialog', { class: words.style });
    const end = (yes: boolean): void => {
      dialog.close();
      dialog.remove();
      done(yes);
    };
    dialog.append(element('h3', {}, words.title), element('p', {}, words.text), element('div', { class: 'answers' }, words.no === null ? null : button(words.no, 'plain', () => end(false)), button(words.yes, words.style, () => end(true))));
    dialog.addEventListener('cancel', () => end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
