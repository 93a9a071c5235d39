import { Refusal } from './refusal.js';

export interface Text {
  readonly type: string;
  readonly text: string;
}
export interface ButtonElement {
  readonly type: string;
  readonly action_id?: string;
  readonly text: Text;
  readonly value?: string;
  readonly style?: string;
  readonly confirm?: { readonly title?: Text; readonly text?: Text; readonly confirm?: Text; readonly deny?: Text };
}
export interface Block {
  readonly type: string;
  readonly block_id?: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly unknown[];
}
export interface Attachment {
  readonly color?: string;
  readonly fallback?: string;
  readonly text?: string;
  readonly blocks?: readonly Block[];
}

/** Chat platforms 1.6, the table of limits. */
export const LIMITS = { blocks: 50, header: 150, section: 3000, fields: 10, field: 2000, context: 10, actions: 25, id: 255, label: 75, value: 2000, confirmTitle: 100, confirmText: 300, confirmAnswer: 30, allText: 13_200 } as const;

/** Throws Slack's refusal of blocks beyond the limits of chat platforms 1.6. */
export function checkBlocks(blocks: readonly Block[], attachments: readonly Attachment[]): void {
  for (const set of [blocks, ...attachments.map((attachment) => attachment.blocks ?? [])]) checkSet(set);
  // 1.6, "sum of all blocks": undocumented, seen at about 13,200 characters.
  if (countText([blocks, attachments.map((attachment) => attachment.blocks ?? [])]) > LIMITS.allText) throw new Refusal('msg_blocks_too_long');
}

function checkSet(blocks: readonly Block[]): void {
  demand(blocks.length <= LIMITS.blocks, 'too many blocks');
  const ids = blocks.flatMap(({ block_id: id }) => (id === undefined ? [] : [id]));
  demand(new Set(ids).size === ids.length && ids.every((id) => id.length <= LIMITS.id), 'block_id');
  for (const block of blocks) checkBlock(block);
}

function checkBlock({ type, text, fields, elements }: Block): void {
  switch (type) {
    case 'header':
      demand(text?.type === 'plain_text', 'a header is plain_text');
      return checkText(text, LIMITS.header);
    case 'section':
      demand(text !== undefined || fields !== undefined, 'an empty section');
      if (text !== undefined) checkText(text, LIMITS.section);
      demand((fields ?? []).length <= LIMITS.fields, 'too many fields');
      for (const field of fields ?? []) checkText(field, LIMITS.field);
      return;
    case 'context':
      demand(isBetween(elements?.length, 1, LIMITS.context), 'context elements');
      for (const element of elements as readonly Text[]) checkText(element, LIMITS.section);
      return;
    case 'actions':
      demand(isBetween(elements?.length, 1, LIMITS.actions), 'actions elements');
      return checkButtons(elements as readonly ButtonElement[]);
    case 'divider':
      return;
    default:
      demand(false, `unknown type ${type}`);
  }
}

function checkButtons(buttons: readonly ButtonElement[]): void {
  const ids = buttons.map(({ action_id: id }) => id ?? '');
  demand(new Set(ids).size === ids.length && ids.every((id) => isBetween(id.length, 1, LIMITS.id)), 'action_id is unique within its block');
  for (const { type, text, value, style, confirm } of buttons) {
    demand(type === 'button' && text?.type === 'plain_text', 'a button with plain_text');
    checkText(text, LIMITS.label);
    demand((value ?? '').length <= LIMITS.value, 'value');
    demand(style === undefined || style === 'primary' || style === 'danger', 'style');
    if (confirm === undefined) continue;
    checkText(confirm.text, LIMITS.confirmText);
    if (confirm.title !== undefined) checkText(confirm.title, LIMITS.confirmTitle);
    for (const answer of [confirm.confirm, confirm.deny]) if (answer !== undefined) checkText(answer, LIMITS.confirmAnswer);
  }
}

function checkText(text: Text | undefined, max: number): void {
  demand(text?.type === 'plain_text' || text?.type === 'mrkdwn', 'a text object');
  demand(isBetween(text?.text.length, 1, max), `a text of 1 to ${max} characters`);
}

function isBetween(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Refusal('invalid_blocks', { response_metadata: { messages: [`[ERROR] ${what}`] } });
}

function countText(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countText(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, member]) => sum + (key === 'text' && typeof member === 'string' ? member.length : countText(member)), 0);
}
