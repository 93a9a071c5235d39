import { HypercareError } from '../domain/errors.js';
import { mayActAs, type Platform, type Role } from '../domain/person.js';
import { whoMay } from '../store/who-may.js';
import type { Command, Context } from './command.js';

const ARTICLE: Readonly<Record<Role, string>> = { viewer: 'a viewer', operator: 'an operator', approver: 'an approver' };
const MOST_NAMES = 8;

/** The speaker's role. A stranger in the terminal can read the store's file anyway, so he sees; one in a chat has none. */
export function roleOf(speaker: { readonly person: Context['person']; readonly via: Platform }): Role | null {
  return speaker.person?.role ?? (speaker.via === 'terminal' ? 'viewer' : null);
}

export function mayUse(command: Pick<Command<unknown>, 'role' | 'terminalOnly'>, speaker: { readonly person: Context['person']; readonly via: Platform }): boolean {
  if (command.terminalOnly && speaker.via !== 'terminal') return false;
  const role = roleOf(speaker);
  return command.role === null || (role !== null && mayActAs({ role }, command.role));
}

/** Throws what people are told who may not use a command: whose role is what, and who may. */
export async function demand(command: Pick<Command<unknown>, 'name' | 'role' | 'terminalOnly'>, ctx: Context): Promise<void> {
  if (mayUse(command, ctx) || command.role === null) return;
  if (command.terminalOnly && ctx.via !== 'terminal') {
    throw new HypercareError('denied.place', 'denied', `“${command.name}” is for the terminal`, `On the host itself: hypercare ${command.name}`);
  }
  const needs = `“${command.name}” asks for ${ARTICLE[command.role]}`;
  // Who works here is nobody's business outside: a bot of Telegram can be found and written to by anybody.
  if (!ctx.person) throw new HypercareError('denied.stranger', 'denied', `${needs}, and the ${ctx.via} account ${ctx.userId} belongs to nobody who is known here`, 'To be known, have this account added under “people” in hypercare.yaml.');
  const able = await whoMay(ctx.store.db, ctx.hostId, command.role);
  const names = able.slice(0, MOST_NAMES).map(({ name, role }) => `${name} (${role})`).join(', ');
  const may = able.length === 0 ? `Nobody may yet: give somebody the role ${command.role} under “people” in hypercare.yaml.` : `These may: ${names}.`;
  throw new HypercareError('denied.role', 'denied', `${needs}, and ${ctx.person.name} is ${ARTICLE[ctx.person.role]}`, may);
}
