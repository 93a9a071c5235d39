import type { Severity } from '../domain/finding.js';

/** A button asks for one thing by an opaque token of at most 60 bytes; what it means stands in the store. */
export interface Button {
  readonly label: string;
  readonly style: 'primary' | 'danger' | 'plain';
  readonly token: string;
  /** A second confirmation that names app and version; only for what is destructive. */
  readonly confirm: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string } | null;
}

/** A question as facts. */
export interface Asked {
  readonly id: string;
  /** What a yes does: 'roll back to 9d1e003'. */
  readonly what: string;
  /** Names of those who may decide. */
  readonly mayDecide: readonly string[];
  /** So many different people must say yes, and these have. */
  readonly need: number;
  readonly yes: readonly string[];
  readonly expiresAt: number;
}

/** What a card is about, as facts: for machines that read it, for routes, and to tell news from what only counts on. */
export interface About {
  readonly kind: 'incident' | 'launch' | 'hold' | 'host' | 'proposal' | 'digest';
  /** Of an incident: open, repairing, asking, escalated, resolved. Of a launch: its own. Of a hold: holds, over. */
  readonly state: string;
  /** The app, server or dependency; null: the host or more than one. */
  readonly resource: string | null;
  /** Names of the apps that are meant, with `*`; empty: what is everybody's, as the host or a server. */
  readonly apps: readonly string[];
  readonly asked: Asked | null;
}

/** What a person sees of an event or of a command's result: plain text, no platform's markup; channels escape it. */
export interface Card {
  /** Which thing it shows; all its versions replace one message. An incident's or launch's id. */
  readonly subject: string;
  /** 'good' is a recovery or a clean state. */
  readonly level: Severity | 'good';
  /** Stands where the level's word would: 'Error', 'Refused'. */
  readonly word?: string;
  /** The first hundred characters carry the meaning: it is what a phone's notification shows. */
  readonly title: string;
  /** Paragraphs of one or more lines. */
  readonly body: readonly string[];
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** At most three. */
  readonly buttons: readonly Button[];
  readonly footer: string | null;
  /** Absent for what is only an answer to somebody. */
  readonly about?: About;
}

/** A card of an event: it says what it is about. */
export type ToldCard = Card & { readonly about: About };
