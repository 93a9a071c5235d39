import type { Answer, Shown, Wish } from '../shown.js';
import { ask, element } from './element.js';
import { drawSlack } from './slack.js';
import { drawTelegram } from './telegram.js';

const EVERY_MS = 500;
const TOAST_MS = 6_000;

const find = <T extends Element>(selector: string, within: ParentNode = document): T => {
  const found = within.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
};

const chats = { slack: find<HTMLElement>('.slack'), telegram: find<HTMLElement>('.telegram') };
const fault = find<HTMLFormElement>('#break');
const who = (chat: keyof typeof chats): string => find<HTMLSelectElement>('h2 select', chats[chat]).value;

async function wish(wanted: Wish): Promise<void> {
  const response = await fetch('/chats', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wanted) });
  const answer = (await response.json()) as Answer | { readonly error: string };
  if ('error' in answer) toast(answer.error);
  else if (answer.as === 'alert') await ask({ title: '', text: answer.text, yes: 'OK', no: null, style: 'plain' });
  else if (answer.as !== 'nothing') toast(answer.text);
  await follow();
}

function toast(text: string): void {
  const shown = element('div', {}, text);
  find('#toast').append(shown);
  setTimeout(() => shown.remove(), TOAST_MS);
}

/** What is drawn already is left alone, so that nothing moves under a finger. */
const drawn = new Map<Element, string>();
function fill(chat: keyof typeof chats, state: unknown, draw: () => readonly Node[]): void {
  const place = find<HTMLElement>('.messages', chats[chat]);
  const is = JSON.stringify([who(chat), state]);
  if (drawn.get(place) === is) return;
  drawn.set(place, is);
  const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 80;
  const open = new Set([...place.querySelectorAll('details')].flatMap((one, n) => (one.open ? [n] : [])));
  place.replaceChildren(...draw());
  place.querySelectorAll('details').forEach((one, n) => (one.open = open.has(n)));
  if (atEnd) place.scrollTop = place.scrollHeight;
}

async function follow(): Promise<void> {
  const shown = (await (await fetch('/chats')).json()) as Shown;
  for (const chat of ['slack', 'telegram'] as const) offer(find<HTMLSelectElement>('h2 select', chats[chat]), shown[chat].people.map(({ id, name, role }) => [id, `${name}, ${role}`]));
  offer(find<HTMLSelectElement>('select', fault), shown.faults.map((one) => [one, one]));
  find('output', fault).textContent = shown.doing === null ? '' : `${shown.doing} …`;
  fill('slack', shown.slack.messages, () => drawSlack(shown.slack.messages, who('slack'), { people: shown.slack.people, press: ({ ts }, label) => void wish({ kind: 'slack-press', who: who('slack'), ts, label }) }));
  fill('telegram', shown.telegram.messages, () => drawTelegram(shown.telegram.messages, (message, data) => void wish({ kind: 'telegram-press', who: who('telegram'), message, data })));
}

function offer(select: HTMLSelectElement, options: readonly (readonly [string, string])[]): void {
  if (select.options.length > 0) return;
  select.append(...options.map(([value, label]) => new Option(label, value)));
}

fault.addEventListener('submit', (event) => {
  event.preventDefault();
  void wish({ kind: 'break', fault: find<HTMLSelectElement>('select', fault).value });
});
for (const chat of ['slack', 'telegram'] as const) {
  find<HTMLFormElement>('form.say', chats[chat]).addEventListener('submit', (event) => {
    event.preventDefault();
    const input = find<HTMLInputElement>('form.say input', chats[chat]);
    const text = input.value.trim();
    input.value = '';
    if (text !== '') void wish({ kind: `${chat}-say`, who: who(chat), text });
  });
}

async function keepFollowing(): Promise<void> {
  await follow().catch(() => void (find('output', fault).textContent = 'the sim does not answer'));
  setTimeout(() => void keepFollowing(), EVERY_MS);
}
void keepFollowing();
