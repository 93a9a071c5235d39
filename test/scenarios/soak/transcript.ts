/** What the soak showed, for whoever reads it as the people on the phones did. */
import type { Seen } from './record.js';

/** What both chats show at the same time stands there once; an edit, which rings nobody, is told by its first line. */
export function transcriptOf(seen: readonly Seen[], start: number): string {
  const told = seen.map((one) => ({ ...one, key: [one.at, one.how, firstLine(one.text)].join('\n') }));
  const groups = [...new Set(told.map(({ key }) => key))].map((key) => told.filter((one) => one.key === key));
  return `${masked(groups.map((group) => drawn(group, start)).join('\n\n'))}\n`;
}

function drawn(group: readonly Seen[], start: number): string {
  const shown = group.at(-1) as Seen;
  const places = [...new Set(group.map(({ place, rings }) => `${place}${rings ? ' (rings)' : ''}`))].join(' and ');
  const how = { new: 'new', reply: 'beside the card', edit: 'edited', alone: 'to one person alone' }[shown.how];
  const lines = shown.how === 'edit' ? [firstLine(shown.text)] : shown.text.split('\n').filter((line) => line !== '');
  return [`${sayAt(shown.at, start)} ${places}, ${how}:`, ...lines.map((line) => `  ${line}`), ...(shown.buttons.length === 0 ? [] : [`  [${shown.buttons.join('] [')}]`])].join('\n');
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function sayAt(at: number, start: number): string {
  return `${new Date(at).toUTCString().slice(0, 3)} ${new Date(at).toISOString().slice(11, 19)} (+${((at - start) / 3_600_000).toFixed(1)} h)`;
}

/** Ids are drawn by chance. */
export function masked(text: string): string {
  return text.replace(/\b(incident|launch) [0-9a-z]{6}\b/g, '$1 ‹id›').replace(/^( +)[0-9a-z]{6}(?= {2}\S)/gm, '$1‹id›').replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:‹port›');
}
