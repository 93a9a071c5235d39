import type { z } from '@hono/zod-openapi';
import type { Context as Speaker } from '../../src/commands/command.js';
import type { Json } from '../../src/domain/json.js';
import type { Role } from '../../src/domain/person.js';
import type { ApiParts } from './api-parts.js';

/** What one request brought, checked by its route's schemas. */
export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The body as JSON, before the route's schema looked at it; an empty one is an empty object. */
  raw(): Promise<unknown>;
  /** Header by its name in small letters; undefined where there is none. */
  header(name: string): string | undefined;
  /** Who asks, and what a command may use. `person` is null on routes that are open to everybody. */
  readonly ctx: Speaker;
  readonly parts: ApiParts;
  /** The OpenAPI document of all routes. */
  document(): object;
  /** What many ask for at once is made once a second. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Aborted when the caller is gone, or the server stops. */
  readonly signal: AbortSignal;
}

/** What is answered: a document, a text of another type, or events for as long as the caller listens. */
export type Answer =
  | { readonly status?: number; readonly json: unknown }
  | { readonly status?: number; readonly text: string; readonly type: string }
  | { readonly events: AsyncIterable<ServerEvent> };

export interface ServerEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: Json;
}

export interface Told {
  readonly about: string;
  readonly schema?: z.ZodType;
  /** Other types than JSON, where there are some. */
  readonly types?: readonly string[];
}

/** One thing that can be asked over HTTP: one entry here is one entry of the OpenAPI document. */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it: '/api/monitoring/drift/{deploymentId}'. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  /** The least role; null: anybody, also without a token; 'nearby': a viewer, and without a token whoever asks on this machine while no proxy stands before it. */
  readonly role: Role | 'nearby' | null;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: { readonly schema: z.ZodType<B>; readonly required: boolean };
  /** What it may answer besides the errors that every route shares. */
  readonly answers: Readonly<Record<number, Told>>;
  serve(asked: Asked<P, Q, B>): Promise<Answer>;
}

/** Infers what a route is given from its schemas. */
export function route<P, Q, B>(made: Route<P, Q, B>): Route {
  return made as Route;
}
