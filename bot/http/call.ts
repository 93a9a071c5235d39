import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Caller } from './caller.js';

export type Env = { readonly Bindings: HttpBindings; readonly Variables: { caller: Caller | null } };
export type Call = Context<Env>;
